from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import FrameType

import pytest

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import Page, read_pages
from tap_compleetpersy.errors import AccessRefused, PagingFailure, UnexpectedAnswer
from tap_compleetpersy.settings import Settings
from tests.api.conftest import ClientOf
from tests.server import Reply, Request, Server, reply

PEOPLE = [{"Id": number} for number in range(1, 8)]
Reading = Callable[..., Iterator[Page]]


@pytest.fixture
def read(server: Server, client_of: ClientOf) -> Reading:
    """Read pages of three with the settings given, and window or path in `asked`."""

    def pages(asked: dict[str, object] | None = None, **settings: object) -> Iterator[Page]:
        given = {"api_url": server.url, "page_size": 3, "api_key": "s3cret", **settings}
        return read_pages(client_of(**given), **(asked or {}))  # type: ignore[arg-type] # as the tests say

    return pages


def ids(pages: Iterator[Page]) -> list[list[object]]:
    return [[record["Id"] for record in page.records] for page in pages]  # type: ignore[index] # of people


def by_page(request: Request) -> Reply:
    start = (int(request.query["page"]) - 1) * 3
    return reply({"data": PEOPLE[start : start + 3], "meta": {"total": 2}})


def by_offset(request: Request) -> Reply:
    start = int(request.query["offset"])
    return reply(PEOPLE[start : start + 2])  # fewer than asked for


def by_cursor(request: Request) -> Reply:
    start = int(request.query.get("cursor", "0"))
    after = str(start + 3) if start + 3 < len(PEOPLE) else None
    return reply({"data": PEOPLE[start : start + 3], "meta": {"next_cursor": after}})


def by_link(request: Request) -> Reply:
    start = int(request.query.get("start", "0"))
    link = f'</>; rel="first", <?start={start + 3}&since=x>; rel="next"'
    headers = {"Link": link} if start + 3 < len(PEOPLE) else {}
    return reply(PEOPLE[start : start + 3], headers=headers)


def all_at_once(_: Request) -> Reply:
    return reply(PEOPLE)


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize(
    ("pagination", "answering", "expected", "requests"),
    [
        pytest.param("page", by_page, [[1, 2, 3], [4, 5, 6], [7]], 4, id="page"),
        pytest.param("offset", by_offset, [[1, 2], [3, 4], [5, 6], [7]], 5, id="offset"),
        pytest.param("cursor", by_cursor, [[1, 2, 3], [4, 5, 6], [7]], 3, id="cursor"),
        pytest.param("link", by_link, [[1, 2, 3], [4, 5, 6], [7]], 3, id="link"),
        pytest.param("none", all_at_once, [[1, 2, 3, 4, 5, 6, 7]], 1, id="none"),
    ],
)
def test_every_way_of_paging_reads_the_whole_list(  # noqa: PLR0913 - fixtures and cases
    server: Server,
    *,
    read: Reading,
    prefetch: int,
    pagination: str,
    answering: Callable[[Request], Reply],
    expected: list[list[int]],
    requests: int,
) -> None:
    server.answering = answering

    assert ids(read({"prefetch": prefetch}, pagination=pagination)) == expected
    assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("settings", "answering", "queries"),
    [
        pytest.param(
            {"page_param": "p", "page_size_param": "n", "first_page": 0},
            lambda request: reply(PEOPLE[:1] if request.query["p"] == "0" else []),
            [{"p": "0", "n": "3"}, {"p": "1", "n": "3"}],
            id="page",
        ),
        pytest.param(
            {"page_size_param": ""},
            lambda request: reply(PEOPLE[:1] if request.query["page"] == "1" else []),
            [{"page": "1"}, {"page": "2"}],
            id="page without a size",
        ),
        pytest.param(
            {"pagination": "offset", "offset_param": "from"},
            lambda request: reply(PEOPLE[:2] if request.query["from"] == "0" else []),
            [{"from": "0", "per_page": "3"}, {"from": "2", "per_page": "3"}],
            id="offset",
        ),
        pytest.param(
            {"pagination": "cursor", "cursor_param": "after", "next_cursor_path": "next"},
            lambda request: reply(
                {"data": [2]} if "after" in request.query else {"data": [1], "next": 7}
            ),
            [{"per_page": "3"}, {"per_page": "3", "after": "7"}],
            id="cursor",
        ),
        pytest.param(
            {"pagination": "cursor", "next_cursor_path": "X-Next-Cursor"},
            lambda request: (
                reply([2])
                if "cursor" in request.query
                else reply([1], headers={"x-next-cursor": "n1"})
            ),
            [{"per_page": "3"}, {"per_page": "3", "cursor": "n1"}],
            id="cursor in a header",
        ),
        pytest.param(
            {"pagination": "link"},
            lambda request: (
                reply([2])
                if "x" in request.query
                else reply([1], headers={"Link": "<?x=2>; rel=next"})
            ),
            [{"per_page": "3"}, {"x": "2"}],
            id="link",
        ),
        pytest.param({"pagination": "none"}, lambda _: reply([]), [{}], id="none"),
    ],
)
def test_the_parameters_are_those_of_the_settings(
    server: Server,
    read: Reading,
    settings: dict[str, object],
    answering: Callable[[Request], Reply],
    queries: list[dict[str, str]],
) -> None:
    server.answering = answering

    list(read(**settings))

    assert [request.query for request in server.requests] == queries


def test_the_window_is_sent_with_each_page(server: Server, read: Reading) -> None:
    moment = datetime(2026, 1, 31, 23, tzinfo=UTC)
    server.answering = by_page

    list(read({"since": moment, "until": moment}, modified_until_param="until"))

    for request in server.requests:
        assert request.query["modified_since"] == "2026-01-31T23:00:00Z"
        assert request.query["until"] == "2026-01-31T23:00:00Z"


def test_a_page_carries_number_total_and_the_clock_of_the_server(
    server: Server, read: Reading
) -> None:
    headers = {"Date": "Sat, 31 Jan 2026 08:00:00 GMT", "X-Total-Count": "9"}
    server.answers(reply(PEOPLE[:3], headers=headers), reply(PEOPLE[3:]), reply([]))

    first, second = read()

    assert first == Page(1, PEOPLE[:3], 9, datetime(2026, 1, 31, 8, tzinfo=UTC))  # type: ignore[arg-type] # objects
    assert second == Page(2, PEOPLE[3:], None, None)  # type: ignore[arg-type] # objects


@pytest.mark.parametrize("pagination", ["page", "offset", "cursor", "link", "none"])
def test_the_first_page_is_given_even_when_it_is_empty(
    server: Server, read: Reading, pagination: str
) -> None:
    server.answers(reply({"data": [], "total": 0}))

    assert list(read(pagination=pagination)) == [Page(1, [], 0, None)]
    assert len(server.requests) == 1


def test_another_path_is_read(server: Server, read: Reading) -> None:
    list(read({"path": "/candidates/7/attachments"}, pagination="none"))

    assert server.requests[0].path == "/candidates/7/attachments"


def test_records_are_read_from_the_given_path(server: Server, read: Reading) -> None:
    server.answers(reply({"payload": {"list": PEOPLE}}))

    assert len(ids(read(pagination="none", records_path="payload.list"))[0]) == 7


def test_an_empty_page_before_the_next_cursor_does_not_end_the_list(
    server: Server, read: Reading
) -> None:
    server.answers(
        reply({"data": [1], "meta": {"next_cursor": "a"}}),
        reply({"data": [], "meta": {"next_cursor": "b"}}),
        reply({"data": [2], "meta": {"next_cursor": "c"}}),
        reply({"data": [], "meta": {"next_cursor": ""}}),
    )

    assert [page.records for page in read(pagination="cursor")] == [[1], [], [2]]


@pytest.mark.parametrize(
    ("pagination", "named"),
    [("page", "page_param"), ("offset", "offset_param")],
)
def test_an_ignored_page_parameter_is_noticed_on_the_second_page(
    server: Server, read: Reading, pagination: str, named: str
) -> None:
    server.answering = all_at_once
    pages = read(pagination=pagination)

    assert next(pages).number == 1
    with pytest.raises(PagingFailure, match=f"GET /candidates: .*{named}.*pagination: none"):
        next(pages)
    assert len(server.requests) == 2


def test_an_ignored_page_parameter_is_noticed_although_records_change(
    server: Server, read: Reading
) -> None:
    changed = [{"Id": 1, "Status": "new"}, *PEOPLE[1:]]
    server.answers(reply(PEOPLE), reply(changed))

    with pytest.raises(PagingFailure, match="page_param"):
        list(read())


def test_pages_of_unreadable_records_are_not_taken_for_a_repetition(
    server: Server, read: Reading
) -> None:
    server.answers(reply([None, None, {"Id": 1}]), reply([None, None, {"Id": 2}]), reply([]))

    assert len(list(read())) == 2


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"]], ids=["at once", "later"])
def test_a_cursor_that_repeats_is_an_error(
    server: Server, read: Reading, cursors: list[str]
) -> None:
    server.answers(
        *(
            reply({"data": [at], "meta": {"next_cursor": cursor}})
            for at, cursor in enumerate(cursors)
        )
    )

    with pytest.raises(PagingFailure, match="next_cursor_path"):
        list(read(pagination="cursor"))
    assert len(server.requests) == len(cursors)


def test_new_cursors_to_the_same_page_are_an_error(server: Server, read: Reading) -> None:
    left = iter(range(99))
    server.answering = lambda _: reply({"data": PEOPLE, "meta": {"next_cursor": next(left)}})

    with pytest.raises(PagingFailure, match="cursor_param"):
        list(read(pagination="cursor"))


def test_an_empty_page_that_names_its_own_cursor_is_the_end(server: Server, read: Reading) -> None:
    server.answers(
        reply({"data": PEOPLE, "meta": {"next_cursor": "8"}}),
        reply({"data": [], "meta": {"next_cursor": "8"}}),
    )

    assert [page.records for page in read(pagination="cursor")] == [PEOPLE]


def test_new_cursors_to_nothing_end_at_last(server: Server, read: Reading) -> None:
    left = iter(range(9999))
    server.answering = lambda _: reply({"data": [], "meta": {"next_cursor": next(left)}})

    with pytest.raises(PagingFailure, match="lead to no end"):
        list(read(pagination="cursor"))


@pytest.mark.parametrize("cursor", [{"a": 1}, ["b"], True, 1.5], ids=str)
def test_a_cursor_that_is_no_text_is_an_error(
    server: Server, read: Reading, cursor: object
) -> None:
    server.answers(reply({"data": [1], "meta": {"next_cursor": cursor}}))

    with pytest.raises(PagingFailure, match="next_cursor_path"):
        list(read(pagination="cursor"))


@pytest.mark.parametrize("cursor", [None, "", False, [], {}], ids=str)
def test_an_empty_cursor_is_the_end(server: Server, read: Reading, cursor: object) -> None:
    server.answers(reply({"data": [1], "meta": {"next_cursor": cursor}}))

    assert len(list(read(pagination="cursor"))) == 1


@pytest.mark.parametrize(
    "links",
    [["?x=1", "?x=1"], ["?x=1", "?x=2", "?x=1"], ["?per_page=3"], ["?x=1", "?per_page=3"]],
    ids=["itself", "an earlier one", "the first one", "the first one later"],
)
def test_a_link_that_loops_is_an_error(server: Server, read: Reading, links: list[str]) -> None:
    server.answers(
        *(reply([at], headers={"Link": f"<{link}>; rel=next"}) for at, link in enumerate(links))
    )

    with pytest.raises(PagingFailure, match=r"links lead to no end.*pagination"):
        list(read(pagination="link"))
    assert len(server.requests) == len(links)


@pytest.mark.parametrize(
    ("envelope", "settings"),
    [
        pytest.param({"links": {"next": "?x=2"}}, {}, id="links.next"),
        pytest.param({"links": {"next": {"href": "?x=2"}}}, {}, id="links.next.href"),
        pytest.param({"_links": {"next": {"href": "?x=2"}}}, {}, id="HAL"),
        pytest.param({"next_page_url": "?x=2"}, {}, id="Laravel"),
        pytest.param({"hydra:view": {"hydra:next": "?x=2"}}, {}, id="API Platform 3"),
        pytest.param({"view": {"next": "/candidates?x=2"}}, {}, id="API Platform 4"),
        pytest.param({"@odata.nextLink": "?x=2"}, {}, id="OData"),
        pytest.param({"next": "?x=2", "previous": None}, {}, id="Django REST framework"),
        pytest.param({"meta": {"pagination": {"links": {"next": "?x=2"}}}}, {}, id="fractal"),
        pytest.param({"paging": {"next": "?x=2"}}, {}, id="paging"),
        pytest.param({"links": [{"rel": "self"}, {"rel": "next", "href": "?x=2"}]}, {}, id="rel"),
        pytest.param({"a": {"b.c": "?x=2"}}, {"next_link_path": "a.b.c"}, id="a path"),
    ],
)
def test_a_next_link_in_the_body_is_followed(
    server: Server, read: Reading, envelope: dict[str, object], settings: dict[str, object]
) -> None:
    server.answering = lambda request: reply(
        {"data": [2]} if "x" in request.query else {"data": [1], **envelope}
    )
    pages = read(pagination="link", **settings)
    assert [page.records for page in pages] == [[1], [2]]


def test_the_number_of_the_next_page_is_no_link(server: Server, read: Reading) -> None:
    server.answers(reply({"data": [1], "pagination": {"next": 2}, "links": []}))
    assert len(list(read(pagination="link"))) == 1


def test_next_link_path_looks_nowhere_else(server: Server, read: Reading) -> None:
    elsewhere = {"links": {"next": "?x=2"}, "next": None}
    server.answering = lambda _: reply(
        {"data": [1], **elsewhere}, headers={"Link": "<?x=3>; rel=next"}
    )
    assert len(list(read(pagination="link", next_link_path="next"))) == 1


def test_a_next_link_that_is_no_text_is_an_error(server: Server, read: Reading) -> None:
    server.answers(reply({"data": [1], "next": 7}))
    with pytest.raises(PagingFailure, match="next_link_path"):
        list(read(pagination="link", next_link_path="next"))


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost:{port}/",
        "https://127.0.0.1:{port}/",
        "http://127.0.0.1:1/",
        "//x.example/",
    ],
)
def test_a_link_to_another_server_is_refused(server: Server, read: Reading, link: str) -> None:
    target = link.format(port=server.port)
    server.answers(reply([1], headers={"Link": f"<{target}>; rel=next"}))

    with pytest.raises(PagingFailure, match="another server"):
        list(read(pagination="link"))
    assert len(server.requests) == 1


def test_truncated_content_is_asked_for_again_within_paging(
    server: Server, read: Reading, waits: list[float]
) -> None:
    server.answers(reply(b'{"data": [{"Id": 1}'), reply({"data": [{"Id": 1}]}), reply([]))

    assert ids(read()) == [[1]]
    assert len(waits) == 1


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize(
    ("broken", "kind", "what"),
    [
        (reply(b"", 401), AccessRefused, "status 401"),
        (reply({"error": "x"}), UnexpectedAnswer, "GET /candidates: the content says"),
        (reply({"Foo": [1]}), UnexpectedAnswer, "GET /candidates: .*keys Foo;"),
        (reply(b"<html>"), UnexpectedAnswer, "GET /candidates: .*login page"),
    ],
    ids=["refused", "error body", "unclear", "HTML"],
)
def test_an_error_comes_after_the_pages_before_it(  # noqa: PLR0913 - fixtures and cases
    server: Server, *, read: Reading, prefetch: int, broken: Reply, kind: type[Exception], what: str
) -> None:
    server.answers(reply(PEOPLE[:3]), reply(PEOPLE[3:6]), broken)
    pages = read({"prefetch": prefetch})

    assert [next(pages).number, next(pages).number] == [1, 2]
    with pytest.raises(kind, match=what):
        next(pages)


def test_closing_early_ends_the_thread_and_its_request_but_not_the_client(
    server: Server, settings_of: Callable[..., Settings]
) -> None:
    settings = settings_of(page_size=3)
    server.answers(reply(PEOPLE[:3]), Reply(b"", "stall"))
    with Client(settings) as client:
        pages = read_pages(client, prefetch=1)
        assert next(pages).number == 1
        server.arrived.acquire()
        server.arrived.acquire()  # the second page was asked for and never comes
        pages.close()

        assert [thread.name for thread in threading.enumerate() if "ahead" in thread.name] == []
        server.answers(reply([]))
        assert len(list(read_pages(client))) == 1


class _Stopped(Exception):  # noqa: N818 - what a handler of the tap could raise
    pass


def test_a_signal_ends_the_thread_and_its_request(
    server: Server, settings_of: Callable[..., Settings]
) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Stopped

    def interrupt() -> None:
        server.arrived.acquire()
        os.kill(os.getpid(), signal.SIGUSR1)

    server.answers(Reply(b"", "stall"))
    settings = settings_of()
    before = signal.signal(signal.SIGUSR1, stop)
    interrupting = threading.Thread(target=interrupt)
    try:
        interrupting.start()
        with Client(settings) as client, pytest.raises(_Stopped):
            list(read_pages(client, prefetch=1))
    finally:
        interrupting.join()
        signal.signal(signal.SIGUSR1, before)

    assert [thread.name for thread in threading.enumerate() if "ahead" in thread.name] == []


def test_closing_early_ends_a_wait_of_the_thread(
    server: Server, settings_of: Callable[..., Settings]
) -> None:
    settings = settings_of()
    server.answers(reply(PEOPLE[:3]), reply(b"", 503, {"Retry-After": "300"}))
    with Client(settings) as client:
        pages = read_pages(client, prefetch=1)
        next(pages)
        server.arrived.acquire()
        server.arrived.acquire()
        pages.close()

    assert [thread.name for thread in threading.enumerate() if "ahead" in thread.name] == []


def test_a_page_does_not_show_its_records() -> None:
    assert "ller" not in repr(Page(1, [{"Name": "Müller"}], 1, None))
