from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.api.pages import Page, Spread, spread
from tap_compleetpersy.errors import PagingFailure
from tests.api.conftest import ClientOf
from tests.server import Reply, Request, Server, reply

PEOPLE = [{"Id": number} for number in range(1, 96)]
Reading = Callable[..., Iterator[Page]]


@pytest.fixture
def read(server: Server, client_of: ClientOf) -> Reading:
    def pages(**settings: object) -> Iterator[Page]:
        given = {"api_url": server.url, "page_size": 3, "api_key": "s3cret", **settings}
        return iter(Spread(client_of(**given)))

    return pages


def serve(server: Server, total: int | None = None) -> None:
    """Serve 95 people on 32 pages of three."""

    def answer(request: Request) -> Reply:
        start = (
            int(request.query["offset"])
            if "offset" in request.query
            else (int(request.query["page"]) - 1) * 3
        )
        meta = {} if total is None else {"meta": {"total": total}}
        return reply({"data": PEOPLE[start : start + 3], **meta})

    server.answering = answer


def ids(pages: Iterator[Page]) -> list[int]:
    return [record["Id"] for page in pages for record in page.records]  # type: ignore[index] # of people


@pytest.mark.parametrize("pagination", ["page", "offset"])
@pytest.mark.parametrize("total", [None, 95, 2, 0, 500], ids=lambda total: f"told {total}")
def test_every_page_is_read_once_whatever_the_server_tells(
    server: Server, read: Reading, pagination: str, total: int | None
) -> None:
    serve(server, total)
    found = ids(read(pagination=pagination))
    assert sorted(found) == list(range(1, 96))


@pytest.mark.parametrize("past_the_end", ["empty", "the last page again"])
@pytest.mark.parametrize("total", [300, 10**12], ids=lambda total: f"told {total}")
def test_a_total_that_is_far_too_high_costs_few_requests(
    server: Server, read: Reading, total: int, past_the_end: str
) -> None:
    def answer(request: Request) -> Reply:
        page = int(request.query["page"])
        start = (page if past_the_end == "empty" else min(page, 3)) * 3 - 3
        return reply({"data": PEOPLE[:9][start : start + 3], "meta": {"total": total}})

    server.answering = answer
    assert set(ids(read())) == set(range(1, 10))
    assert len(server.requests) <= 2 * 3 + 20


@pytest.mark.parametrize("total", [None, 95], ids=lambda total: f"told {total}")
def test_few_pages_come_from_the_whole_list(
    server: Server, read: Reading, total: int | None
) -> None:
    serve(server, total)
    found = ids(itertools.islice(read(), 8))
    assert {number // 24 for number in found} == {0, 1, 2, 3}


def test_the_end_of_a_list_of_32_pages_is_found_with_few_requests(
    server: Server, read: Reading
) -> None:
    serve(server)
    pages = read()
    found = [next(pages) for _ in range(6)]
    assert [page.number for page in found] == [1, 2, 4, 8, 16, 32]


def test_a_list_without_numbers_is_read_in_its_order(server: Server, read: Reading) -> None:
    def answer(request: Request) -> Reply:
        start = int(request.query.get("cursor", "0"))
        after = str(start + 3) if start + 3 < len(PEOPLE) else None
        return reply({"data": PEOPLE[start : start + 3], "meta": {"next_cursor": after}})

    server.answering = answer
    assert ids(read(pagination="cursor")) == list(range(1, 96))


def test_an_empty_list_is_one_request(server: Server, read: Reading) -> None:
    server.answering = lambda _: reply([])
    assert ids(read()) == []
    assert len(server.requests) == 1


def test_a_page_parameter_that_is_ignored_is_an_error(server: Server, read: Reading) -> None:
    server.answering = lambda _: reply(PEOPLE[:3])
    with pytest.raises(PagingFailure, match="page_param"):
        ids(read())


@given(st.integers(0, 50), st.integers(0, 300))
def test_an_order_that_is_spread_has_every_number_once(start: int, count: int) -> None:
    assert sorted(spread(start, start + count)) == list(range(start, start + count))


@given(st.integers(8, 2000))
def test_any_beginning_of_the_order_reaches_into_every_part(count: int) -> None:
    order = spread(0, count)
    assert {4 * number // count for number in order[:8]} == {0, 1, 2, 3}
