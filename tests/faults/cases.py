"""Every fault that a run must survive, once: the tests and `docs/faults.md` are made from it."""

from __future__ import annotations

import gzip
import json
import signal
import typing as t
import zlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache

from tests.faults import places
from tests.faults.marked import (
    FIRST,
    HEADER,
    KEY,
    LAST,
    MAIL,
    PATH,
    QUERY,
    TEXT,
    Source,
    document,
    headers,
    page,
    person,
    place,
)
from tests.server import Reply, Request, reply

RETRIES, TIMEOUT = 1, 0.5
"""`max_retries` and `request_timeout` of the tests, hence of the lines in the documentation."""

Fault = Callable[[Source, Request], Reply | None]

AT_ONCE = "at once"
WAITS = "the waits"
TIMEOUTS = "`request_timeout` for each try, plus the waits"
TOTALS = "10 times `request_timeout` for each try, plus the waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, what the tap does, and what it says.

    Attributes:
        name: What happens to the tap.
        log: Last line of the log without its time and level, ``…`` being anything; empty: the fault
            is no error, and everything is read.
        after: How long it lasts until that line.
        exit_code: Of the run whose fault does not pass.
        fault: In place of a page: mostly of the second one.
        elsewhere: The settings for a server that can only fail.
        tried_again: Whether it may pass.
        settings: Beside those of all cases.
        pages: With people.
        wait: Seconds, as the log has them, before it is tried again.
    """

    name: str
    log: str = ""
    after: str = AT_ONCE
    exit_code: int = 1
    fault: Fault = lambda _source, _request: None
    elsewhere: Callable[[], AbstractContextManager[dict[str, t.Any]]] | None = None
    tried_again: bool = False
    settings: Mapping[str, t.Any] = field(default_factory=dict)
    pages: int = 3
    wait: str = "…"


def second(answer: Reply) -> Fault:
    """Return this answer in place of the second page."""
    return lambda _, request: answer if place(request) == 2 else None


def passing(name: str, fault: Fault, what: str, advice: str, **more: t.Any) -> Case:
    """Declare a fault that may pass."""
    line = f"GET /candidates: {what} after {RETRIES + 1} tries; nothing is claimed. {advice}"
    more = {"after": WAITS, **more}
    return Case(name=name, fault=fault, log=line, tried_again=True, **more)


def lasting(name: str, fault: Fault, what: str, advice: str, **more: t.Any) -> Case:
    """Declare a fault that nobody waits for."""
    line = f"GET /candidates: {what}; nothing is claimed. {advice}"
    return Case(name=name, fault=fault, log=line, **more)


def harmless(name: str, fault: Fault, **more: t.Any) -> Case:
    """Declare what looks like a fault, and is read."""
    return Case(name=name, fault=fault, exit_code=0, **more)


# --- No connection ---

NETWORK = "Check the network, and the settings api_url."
TLS = "Check the network, and the settings api_url and ca_bundle."
SLOW = "Check the settings api_url and request_timeout."


def unreachable(
    name: str,
    elsewhere: Callable[[], AbstractContextManager[dict[str, t.Any]]],
    what: str,
    advice: str = NETWORK,
    **more: t.Any,
) -> Case:
    """Declare a server that cannot be reached, however often it is tried."""
    tries = f" after {RETRIES + 1} tries"
    line = f"GET /candidates: {what}{tries}; nothing is claimed. {advice}"
    return Case(name=name, elsewhere=elsewhere, log=line, **{"after": WAITS, **more})


def distrusted(
    name: str, elsewhere: Callable[[], AbstractContextManager[dict[str, t.Any]]]
) -> Case:
    """Declare a certificate that is not trusted."""
    what = "the server's certificate cannot be verified"
    line = f"GET /candidates: {what}; nothing is claimed. {TLS}"
    return Case(name=name, elsewhere=elsewhere, log=line)


NO_CONNECTION = (
    unreachable("connection refused", places.closed, "the connection was refused"),
    unreachable(
        "name of the host not found (DNS)", places.unknown, "the name of the host is not known"
    ),
    unreachable(
        "no answer while connecting",
        places.full,
        f"no complete answer within {TIMEOUT:g} s",
        SLOW,
        after=TIMEOUTS,
    ),
    unreachable("TLS: the server speaks none", places.plain, "TLS failed", TLS),
    distrusted("TLS: certificate of an unknown authority", places.untrusted),
    distrusted("TLS: certificate of another host", places.other_host),
    distrusted("TLS: certificate expired", places.expired),
)

# --- The connection ends, or stays silent ---

HEAD = b"HTTP/1.1 200 OK\r\nX-Marked: " + HEADER.encode() + b"\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GOOD = json.dumps(document(2)).encode()
LONG = HEAD + b"Content-Length: 99999\r\n\r\n" + GOOD[:900]
FAILED, BROKEN = "the connection failed", "the answer broke off, or its encoding is broken"
SMALLER = "Run again later, or set a smaller page_size."
GZIP = {"Content-Encoding": "gzip", "X-Marked": HEADER}
TOO_EARLY = "the content ends too early"
WHERE = "Check the settings api_url and candidates_path."
OR_THE_END = "If the list ends so, add {} to past_end_statuses."
SILENCE = f"no complete answer within {TIMEOUT:g} s"

BROKEN_OFF = (
    passing("reset before the answer", second(Reply(b"", "reset")), FAILED, NETWORK),
    passing("closed before the answer", second(Reply(b"", "close")), FAILED, NETWORK),
    passing("reset within the body", second(Reply(LONG, "reset")), BROKEN, SMALLER),
    passing("no byte of an answer", second(Reply(b"", "stall")), SILENCE, SLOW, after=TIMEOUTS),
    passing("silence within the body", second(Reply(LONG, "stall")), SILENCE, SLOW, after=TIMEOUTS),
    passing(
        "a drip: a byte now and then, without end",
        second(Reply(LONG, drip=True)),
        "no complete answer within 1 s",
        SLOW,
        after=TOTALS,
        settings={"request_timeout": 0.1},
    ),
    passing("`Content-Length` too large", second(reply(GOOD, length=99_999)), BROKEN, SMALLER),
    passing("`Content-Length` too small", second(reply(GOOD, length=500)), TOO_EARLY, WHERE),
    passing(
        "chunks cut short",
        second(Reply(CHUNKED + b"fff\r\n" + GOOD[:900], "close")),
        BROKEN,
        SMALLER,
    ),
    passing(
        "chunks that are none", second(Reply(CHUNKED + GOOD + b"\r\n", "close")), BROKEN, SMALLER
    ),
    passing(
        "gzip cut short", second(reply(gzip.compress(GOOD)[:-20], headers=GZIP)), TOO_EARLY, WHERE
    ),
    passing("gzip that is none", second(reply(GOOD, headers=GZIP)), BROKEN, SMALLER),
    passing("JSON cut short", second(reply(GOOD[:-9])), TOO_EARLY, WHERE),
    passing("no content", second(reply(b"")), TOO_EARLY, WHERE),
)

# --- Status ---

LATER = "The server is at fault: run again later, or set a higher max_retries."
SLOWER = "Run again later, or set a lower requests_per_second."
ACCESS = "Check the settings api_key, auth_method, username, auth_header and auth_param."
QUESTION = (
    "Check the settings api_url, candidates_path, page_param, page_size_param, "
    "modified_since_param and date_format."
)
DATE = "Sat, 31 Jan 2026 08:00:00 GMT"


def refusal(status: int, **more: str) -> Fault:
    """Return a status, with a body that repeats what nobody may log."""
    text = f'{{"error": "{FIRST} {LAST} {MAIL} {TEXT} {KEY}"}}'.encode()
    return second(reply(text, status, {"X-Marked": HEADER, **more}))


def patience(name: str, after: str, wait: str = "…", **more: str) -> Case:
    """Declare a way of asking for patience."""
    fault = refusal(429, **{key.replace("_", "-"): text for key, text in more.items()})
    return passing(
        f"429, `Retry-After` {name}", fault, "status 429", SLOWER, after=after, wait=wait
    )


def refused_each_time(source: Source, request: Request) -> Reply | None:
    """Return 429 before each page; then the page."""
    return reply(b"", 429) if source.played < place(request) else None


STATUS = (
    *(passing(str(status), refusal(status), f"status {status}", LATER) for status in (408, 425)),
    patience("in seconds", "its seconds", "17.0", Retry_After="17"),
    patience(
        "as a date",
        "until then, by the server's clock",
        "42.0",
        Date=DATE,
        Retry_After="Sat, 31 Jan 2026 08:00:42 GMT",
    ),
    patience("absent, or nonsense", WAITS, Retry_After="soon"),
    patience("absurd", "300 s for each wait", "300.0", Retry_After="999999999"),
    Case(
        name="429 again and again, each time for one page",
        fault=refused_each_time,
        log="GET /candidates: status 429, and the run has no retries left; nothing is claimed. "
        + SLOWER,
        after=f"10 times `max_retries` waits in total; here {10 * RETRIES}",
        pages=10 * RETRIES + 2,
    ),
    *(
        passing(str(status), refusal(status), f"status {status}", LATER)
        for status in (500, 502, 503, 504)
    ),
    *(lasting(str(status), refusal(status), f"status {status}", ACCESS) for status in (401, 403)),
    lasting(
        "404, and `past_end_statuses: []`",
        refusal(404),
        "status 404",
        f"{WHERE} {OR_THE_END.format(404)}",
        settings={"past_end_statuses": []},
    ),
    lasting("410", refusal(410), "status 410", f"{WHERE} {OR_THE_END.format(410)}"),
    lasting(
        "400, or another of its kind",
        refusal(400),
        "status 400",
        f"{QUESTION} {OR_THE_END.format(400)}",
    ),
)

# --- Redirects ---


def moved(source: Source, request: Request) -> Reply | None:
    """Return the second page at another address of the same server."""
    if place(request) != 2:
        return None
    if request.path == "/candidates":
        return reply(b"", 307, {"Location": "/v2" + PATH + "&page=2"})
    return source.honest(request)


def redirect(location: str) -> Fault:
    """Redirect the second page."""
    return refusal(302, Location=location)


ELSEWHERE = "status 302, a redirect to another server"
KEPT = "The key is not sent there. Check the setting api_url."

REDIRECTS = (
    harmless("redirect on the same server", moved),
    lasting(
        "redirect to another host", redirect(f"https://elsewhere.example/{QUERY}"), ELSEWHERE, KEPT
    ),
    Case(
        name="redirect from https to http",
        elsewhere=places.downgrading,
        log=f"GET /candidates: {ELSEWHERE}; nothing is claimed. {KEPT}",
    ),
    lasting("redirect in a circle", redirect(PATH + "&page=2"), "more than 5 redirects", WHERE),
)

# --- 200, and no list of people ---

RECORDS = "Set records_path to the dotted path of the records in an answer."
LOGIN = "Check the settings api_url, api_key and auth_method."
SAYS = "Check the settings api_url, candidates_path, api_key and auth_method."
HTML = f"<!DOCTYPE html><title>Login</title><p>{FIRST} {LAST} {KEY}".encode()
ERROR = {"error": {"status": 500, "message": f"{FIRST} {LAST} {KEY}"}}
FAILURE = {"status": "error", "message": f"{MAIL} {KEY}"}


def sent_as(content_type: str, body: bytes = GOOD) -> Fault:
    """Return a body with its `Content-Type`."""
    return second(reply(body, headers={"Content-Type": content_type}))


CONTENT = (
    lasting(
        "200, and an error in the body",
        second(reply(ERROR)),
        "the content says that something failed (its key error)",
        SAYS,
    ),
    lasting(
        "200, and a status of failure in the body",
        second(reply(FAILURE)),
        "the content says that something failed (its key status)",
        SAYS,
    ),
    lasting(
        "200, and an HTML page, such as a login",
        sent_as("text/html", HTML),
        "the answer is HTML or XML, perhaps a login page, and no JSON",
        LOGIN,
    ),
    lasting(
        "200, and text or something else",
        sent_as("text/plain", f"{FIRST} {KEY}".encode()),
        "the content is no JSON",
        WHERE,
    ),
    lasting(
        "200, and JSON without a list of records",
        second(reply({f"{FIRST} {LAST}": {"Name": LAST}, MAIL: 1, "Payload": {}})),
        "no list of records found among the keys ?, ?, Payload",
        RECORDS,
    ),
    harmless("JSON with another content type", sent_as("text/html; charset=utf-8")),
)

# --- Pages that lead to no end ---

ONE_PAGE = "if there is one page only: pagination: none."

PAGING = (
    lasting(
        "page parameter ignored",
        lambda _, request: page(1) if place(request) == 2 else None,
        "a page repeats, the page number seems ignored",
        f"Check the settings page_param and pagination; {ONE_PAGE}",
        settings={"page_size": 3},
    ),
    lasting(
        "a cursor that repeats",
        second(page(2, cursor="2")),
        "the cursors lead to no end",
        f"Check the settings cursor_param, next_cursor_path and pagination; {ONE_PAGE}",
        settings={"pagination": "cursor"},
    ),
    lasting(
        "a next link that loops",
        second(page(2, link=2)),
        "the next links lead to no end",
        f"Check the settings next_link_path and pagination; {ONE_PAGE}",
        settings={"pagination": "link"},
    ),
)

# --- Too much, too deep, too odd ---

MIB = 2**20


@cache
def bomb() -> Reply:
    """Return 10 GiB of zeros as 10 MB of gzip."""
    packer = zlib.compressobj(level=9, wbits=31)
    head = packer.compress(b"0" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b"0" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return reply(head + again * (10 * 1024 - 1) + packer.flush(), headers=GZIP)


def large(_: Source, request: Request) -> Reply | None:
    """Return a page of 50 MB."""
    if place(request) != 2:
        return None
    people: list[object] = [person(number, Lebenslauf="x" * 17 * MIB) for number in (4, 5, 6)]
    return page(2, people)


def raw(old: str, new: bytes) -> Fault:
    """Return the second page with some of its bytes replaced."""
    body = GOOD.replace(old.encode(), new)
    assert body != GOOD
    return second(reply(body, headers=headers(2)))


def instead(body: bytes) -> Fault:
    """Return a document with something in front of its records."""
    return raw('{"data"', b'{"extra": ' + body + b', "data"')


SIZES = (
    harmless(
        "a page of 50 MB", large, settings={"exclude_fields": ["Lebenslauf"], "request_timeout": 30}
    ),
    lasting(
        "a decompression bomb: 10 GiB in 10 MB of gzip",
        lambda _, request: bomb() if place(request) == 2 else None,
        "the content is larger than 256 MiB",
        "Set a smaller page_size.",
        after="after 256 MiB",
        settings={"request_timeout": 30},
    ),
    lasting(
        "JSON nested 100,000 deep",
        instead(b"[" * 100_000 + b"]" * 100_000),
        "the content is nested too deeply",
        WHERE,
    ),
    lasting(
        "a number of a million digits",
        instead(b"9" * 1_000_000),
        "the content holds a number of too many digits",
        WHERE,
    ),
    harmless("`NaN` and `Infinity`", instead(b"[NaN, Infinity, -Infinity]")),
    harmless("lone surrogates", raw(f"{LAST}4", b"\\ud800")),
    harmless("NUL and raw control characters", raw(f"{LAST}4", b"\\u0000 \x01\x00")),
    harmless(
        "Latin-1 that says so",
        sent_as(
            "application/json; charset=iso-8859-1", GOOD.replace(f"{LAST}4".encode(), b"M\xfcller")
        ),
    ),
)

# --- The tap is told to end ---


def signalled(number: int) -> Fault:
    """Send the tap a signal while it waits for the second page."""

    def fault(source: Source, request: Request) -> Reply | None:
        if place(request) != 2:
            return None
        source.signal(number)
        return Reply(b"", "stall")

    return fault


WITHIN = "within 5 s"
ENDS = (
    Case(name="SIGINT", fault=signalled(signal.SIGINT), exit_code=130, after=WITHIN, log="…"),
    Case(name="SIGHUP", fault=signalled(signal.SIGHUP), exit_code=129, after=WITHIN, log="…"),
    Case(name="SIGTERM", fault=signalled(signal.SIGTERM), exit_code=143, after=WITHIN, log="…"),
)
NOBODY_READS = Case(
    name="stdout closed: the target has ended",
    log="The target has closed its input; it says why. The next run goes on",
    after="with the next page",
)

GROUPS: Mapping[str, tuple[Case, ...]] = {
    "No connection": NO_CONNECTION,
    "The connection ends, or stays silent": BROKEN_OFF,
    "Status": STATUS,
    "Redirects": REDIRECTS,
    "200, and no list of people": CONTENT,
    "Pages that lead to no end": PAGING,
    "Too large, too deep, too odd": SIZES,
    "The tap is told to end": (*ENDS, NOBODY_READS),
}
CASES = tuple(case for cases in GROUPS.values() for case in cases)
