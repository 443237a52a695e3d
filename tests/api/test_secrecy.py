"""No key, no personal data: not in a log at any level, not in any exception."""

from __future__ import annotations

import base64
import gzip
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tap_compleetpersy.api.pages import read_pages
from tap_compleetpersy.errors import ApiError
from tests.api.conftest import ClientOf
from tests.server import Reply, Server, reply

KEY, BODY, QUERY, HEADER = "KeyMarkedK", "BodyMarkedB", "QueryMarkedQ", "HeaderMarkedH"
USER = "UserMarkedU"
MARKS = (
    KEY,
    BODY,
    QUERY,
    HEADER,
    USER,
    base64.b64encode(f"{USER}:{KEY}".encode()).decode(),
    "modified_since=",
)
PERSON = f'{{"Name": "{BODY}"}}'.encode()
HEAD = b"HTTP/1.1 200 OK\r\nX-Mark: " + HEADER.encode() + b"\r\n"
MARKED = {"X-Mark": HEADER}

FAULTS = {
    **{
        f"status {status}": reply(PERSON, status, MARKED | {"Retry-After": "1"})
        for status in (400, 401, 403, 404, 408, 410, 418, 425, 429, 500, 502, 503, 504)
    },
    "reset": Reply(b"", "reset"),
    "reset in the body": Reply(HEAD + b"Content-Length: 999\r\n\r\n" + PERSON, "reset"),
    "cut": reply(PERSON, length=999),
    "chunk cut": Reply(HEAD + b"Transfer-Encoding: chunked\r\n\r\n99\r\n" + PERSON, "close"),
    "chunk no number": Reply(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + BODY.encode() + b"\r\n", "close"
    ),
    "gzip broken": reply(PERSON, headers=MARKED | {"Content-Encoding": "gzip"}),
    "gzip cut": reply(gzip.compress(PERSON)[:-9], headers=MARKED | {"Content-Encoding": "gzip"}),
    "no HTTP": Reply(BODY.encode() + b"\r\n\r\n", "close"),
    "odd header": Reply(b"HTTP/1.1 200 OK\r\n" + BODY.encode() + b"\r\nX: y\r\n\r\n[", "close"),
    "stall": Reply(HEAD, "stall"),
    "stall in the body": Reply(HEAD + b"\r\n" + PERSON[:9], "stall"),
    "HTML": reply(b"<html>" + PERSON),
    "text": reply(BODY.encode()),
    "JSON cut": reply(PERSON[:-1]),
    "Latin-1": reply(PERSON + b"\xfc"),
    "nested": reply(b"[" * 100_000 + PERSON),
    "a long number": reply(b"[" + PERSON + b"," + b"9" * 10_000 + b"]"),
    "error body": reply({"error": {"message": BODY}}),
    "failed status": reply({"status": "error", "message": BODY}),
    "unclear": reply({"Payload": {"Name": BODY}}),
    "one text": reply(f'"{BODY}"'.encode()),
    "repeating": reply([{"Name": BODY}]),
    "redirect elsewhere": reply(
        PERSON, 302, MARKED | {"Location": f"https://{BODY}.example/{QUERY}?{KEY}"}
    ),
    "redirect in a circle": reply(PERSON, 302, MARKED | {"Location": f"?q={QUERY}"}),
    "redirect to nonsense": reply(PERSON, 302, MARKED | {"Location": f"http://[{BODY}"}),
}


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """All that any logger logs, also where somebody switched debugging on."""
    handler = _Everything()
    names = ["", "urllib3", "urllib3.connectionpool", "urllib3.connection", "requests"]
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    yield handler.texts
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)


def _texts(error: BaseException) -> Iterator[str]:
    """All that a log or a report could show of an exception and what led to it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        inner = waiting.pop()
        if inner is not None and id(inner) not in seen:
            seen.add(id(inner))
            yield from (str(inner), repr(inner), repr(inner.args), repr(vars(inner)))
            waiting += [inner.__cause__]
            waiting += [] if inner.__suppress_context__ else [inner.__context__]
    yield "".join(traceback.format_exception(error))


def _assert_clean(texts: list[str]) -> None:
    for mark in MARKS:
        assert [text for text in texts if mark.casefold() in text.casefold()] == []


@pytest.mark.parametrize("auth", ["bearer", "header", "basic", "query"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_fault_shows_a_secret_or_a_person(
    server: Server, client_of: ClientOf, logged: list[str], fault: Reply, auth: str
) -> None:
    server.answers(fault)
    settings: dict[str, object] = {
        "api_url": server.url,
        "api_key": KEY,
        "auth_method": auth,
        "username": USER,
        "request_timeout": 0.05 if fault.then == "stall" else 60,
        "max_retries": 1,
        "page_size": 1,
        "modified_since_param": f"modified_since={QUERY}",
    }

    with pytest.raises(ApiError) as caught:
        list(read_pages(client_of(**settings), since=datetime(2026, 1, 1, tzinfo=UTC)))

    _assert_clean([*logged, *_texts(caught.value)])
    message = str(caught.value)
    assert message.startswith("GET /candidates: ")
    assert "nothing is claimed. " in message
    assert "\n" not in message


def test_a_server_that_is_not_there_shows_none_either(
    server: Server, client_of: ClientOf, logged: list[str]
) -> None:
    client = client_of(api_key=KEY, max_retries=1)
    server.stop()

    with pytest.raises(ApiError) as caught:
        client.get_document("/candidates", {"name": QUERY})
    _assert_clean([*logged, *_texts(caught.value)])


@pytest.mark.parametrize("auth", ["bearer", "query"])
def test_success_logs_nothing(
    server: Server, client_of: ClientOf, logged: list[str], auth: str
) -> None:
    server.answers(reply(PERSON, headers=MARKED))

    answer, _ = client_of(api_key=KEY, auth_method=auth).get_document(
        "/candidates", {"name": QUERY}
    )

    assert logged == []
    assert KEY not in f"{answer} {answer.url}"


def test_a_key_that_a_library_refuses_is_not_repeated(
    client_of: ClientOf, logged: list[str]
) -> None:
    client = client_of(api_key=KEY, auth_method="header", user_agent=f" {HEADER}")

    with pytest.raises(ApiError) as caught:
        client.get_document("/candidates", {"name": QUERY})
    _assert_clean([*logged, *_texts(caught.value)])


def test_the_library_would_have_shown_the_query(server: Server, logged: list[str]) -> None:
    """The searches above can find something: without the tap's filter, they would."""
    import requests  # noqa: PLC0415 - only here, the tests use the client otherwise

    name = "urllib3.connectionpool"
    filters = logging.getLogger(name).filters[:]
    logging.getLogger(name).filters.clear()
    try:
        requests.get(f"{server.url}/candidates?name={QUERY}", timeout=9).close()
    finally:
        logging.getLogger(name).filters.extend(filters)

    assert any(QUERY in text for text in logged)
