"""Reading ahead and several requests in flight: the same pages in the same order, none in vain."""

from __future__ import annotations

import itertools
import threading
import typing as t
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import read_pages
from tap_compleetpersy.api.prefetch import read_ahead
from tap_compleetpersy.api.retry import Allowance, Lanes
from tap_compleetpersy.errors import ApiError
from tap_compleetpersy.settings import Settings, SettingsError, read_settings
from tests.server import Reply, Request, Server, reply

SIZE = 3
SettingsOf = Callable[..., Settings]


def people(count: int) -> list[object]:
    return [{"Id": number} for number in range(1, count + 1)]


def numbered(count: int, past_end: int = 200) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        start = (int(request.query["page"]) - 1) * SIZE
        found = people(count)[start : start + SIZE]
        return reply(found) if found or not start else reply([], past_end)

    return answer


def by_offset(count: int, most: int = SIZE) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        start = int(request.query["offset"])
        return reply(people(count)[start : start + most])

    return answer


class Crowd:
    """Counts the requests that a server has in hand at a time."""

    def __init__(self, answering: Callable[[Request], Reply], wanted: int = 1) -> None:
        self.most = 0
        self._now = 0
        self._answering = answering
        self.wanted = wanted
        self._changed = threading.Condition()

    def __call__(self, request: Request) -> Reply:
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            # Nobody is answered before so many are there, if they come at all.
            self._changed.wait_for(lambda: self.most >= self.wanted, timeout=0.2)
        answer = self._answering(request)
        with self._changed:
            self._now -= 1
        return answer


def nothing() -> None:
    pass


def lanes() -> list[str]:
    return [t.name for t in threading.enumerate() if "lane" in t.name or "ahead" in t.name]


def read(settings: Settings, prefetch: int, waits: list[float] | None = None) -> Iterator[t.Any]:
    wait = None if waits is None else waits.append
    with Client(settings, wait=wait) as client:
        for page in read_pages(client, prefetch=prefetch):
            yield page.number, page.records


@pytest.mark.parametrize("prefetch", [2, 4, 16])
@pytest.mark.parametrize("past_end", [200, 404, 416])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 9, 30, 31])
def test_the_pages_are_those_of_one_request_at_a_time(
    server: Server, settings_of: SettingsOf, *, prefetch: int, past_end: int, count: int
) -> None:
    settings = settings_of(page_size=SIZE)
    server.answering = numbered(count, past_end)
    expected = list(read(settings, 0))
    alone = len(server.requests)
    assert list(read(settings, prefetch)) == expected
    assert len(server.requests) - alone <= alone + prefetch - 1
    assert lanes() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    count=st.integers(0, 20),
    most=st.integers(1, SIZE),
    prefetch=st.integers(1, 6),
)
def test_offsets_follow_the_records_that_came(
    server: Server, settings_of: SettingsOf, *, count: int, most: int, prefetch: int
) -> None:
    wire = settings_of(page_size=SIZE, pagination="offset")
    server.answering = by_offset(count, most)
    assert [record for _, found in read(wire, prefetch) for record in found] == people(count)


def test_an_offset_that_was_guessed_wrongly_is_not_read(
    server: Server, settings_of: SettingsOf
) -> None:
    everybody = people(9)
    lengths = {0: 3, 3: 2, 5: 3, 8: 1}  # somebody on the second page may not be seen
    server.answering = lambda request: reply(
        everybody[int(request.query["offset"]) :][: lengths.get(int(request.query["offset"]), 3)]
    )
    wire = settings_of(page_size=SIZE, pagination="offset")
    assert [len(found) for _, found in read(wire, 4)] == [3, 2, 3, 1]


def test_so_many_requests_are_in_flight_aswanted(server: Server, settings_of: SettingsOf) -> None:
    crowd = Crowd(numbered(60))
    server.answering = crowd
    pages = read(settings_of(page_size=SIZE), 4)
    next(pages)
    crowd.wanted = 4
    assert len(list(pages)) == 19
    assert crowd.most == 4


@pytest.mark.parametrize(
    ("pagination", "answering"),
    [("page", numbered(2)), ("offset", by_offset(2)), ("page", numbered(0))],
    ids=["page", "offset", "empty"],
)
def test_a_short_first_page_is_followed_by_one_request_as_ever(
    server: Server,
    settings_of: SettingsOf,
    pagination: str,
    answering: Callable[[Request], Reply],
) -> None:
    server.answering = answering
    list(read(settings_of(page_size=SIZE, pagination=pagination), 0))
    alone = len(server.requests)
    list(read(settings_of(page_size=SIZE, pagination=pagination), 8))
    assert len(server.requests) == 2 * alone


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_patience_gets_one_request_at_a_time(
    server: Server, settings_of: SettingsOf, waits: list[float], status: int
) -> None:
    refused = threading.Event()
    crowd = Crowd(numbered(60))

    def answer(request: Request) -> Reply:
        if request.query["page"] == "3" and not refused.is_set():
            refused.set()
            return reply(b"", status, {"Retry-After": "7"})
        return crowd(request)

    server.answering = answer
    pages = read(settings_of(page_size=SIZE), 4, waits)
    numbers = [next(pages)[0] for _ in range(6)]
    crowd.most = 0
    assert [*numbers, *(number for number, _ in pages)] == list(range(1, 21))
    assert crowd.most == 1
    assert waits == [7.0]


def test_an_error_comes_in_its_place_and_all_threads_end(
    server: Server, settings_of: SettingsOf
) -> None:
    usual = numbered(60)
    server.answering = lambda request: (
        reply(b"", 401) if request.query["page"] == "5" else usual(request)
    )
    seen: list[int] = []
    with pytest.raises(ApiError, match="401"):
        seen.extend(number for number, _ in read(settings_of(page_size=SIZE), 4))
    assert lanes() == []


def test_the_pages_before_an_error_are_given(server: Server, settings_of: SettingsOf) -> None:
    usual = numbered(60)
    server.answering = lambda request: (
        reply(b"", 401) if request.query["page"] == "5" else usual(request)
    )
    pages = read(settings_of(page_size=SIZE), 4)
    assert [number for number, _ in itertools.islice(pages, 4)] == [1, 2, 3, 4]
    with pytest.raises(ApiError, match="401"):
        next(pages)


def test_closing_ends_requests_that_are_never_answered(
    server: Server, settings_of: SettingsOf
) -> None:
    usual = numbered(60)
    server.answering = lambda request: (
        usual(request) if request.query["page"] == "1" else Reply(b"", "stall")
    )
    pages = read(settings_of(page_size=SIZE), 4)
    next(pages)
    for _ in range(2):
        server.arrived.acquire()
    t.cast("t.Any", pages).close()
    assert lanes() == []


def test_the_last_page_sent_for_ever_ends_the_list(server: Server, settings_of: SettingsOf) -> None:
    def answer(request: Request) -> Reply:
        return reply(people(12)[(min(int(request.query["page"]), 4) - 1) * SIZE :][:SIZE])

    server.answering = answer
    assert [number for number, _ in read(settings_of(page_size=SIZE), 4)] == [1, 2, 3, 4]
    assert len(server.requests) <= 5 + 3


def test_the_rate_holds_for_all_requests_together(server: Server, settings_of: SettingsOf) -> None:
    server.answering = numbered(30)
    now = 1000.0
    waits: list[float] = []
    wire = settings_of(page_size=SIZE)
    allowance = Allowance(6, 2, lambda: now)
    with Client(wire, wait=waits.append, allowance=allowance) as client:
        list(read_pages(client, prefetch=4))
    # The clock stands still: each request may begin half a second after the one before.
    # One that was closed while it waited its turn was never sent.
    assert sorted(waits) == [number / 2 for number in range(1, len(waits) + 1)]
    assert 10 < len(server.requests) <= len(waits) + 1


def test_a_lane_is_given_to_one_after_the_other() -> None:
    one = Lanes(1)
    order: list[str] = []
    with one.taken():
        other = threading.Thread(target=lambda: _through(one, order))
        other.start()
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def _through(one: Lanes, order: list[str]) -> None:
    with one.taken():
        order.append("second")


@pytest.mark.parametrize("wanted", [-1, 17])
def test_more_than_16_or_fewer_than_none_is_an_error(wanted: int) -> None:
    with pytest.raises(SettingsError, match="prefetch_pages"):
        read_settings({"prefetch_pages": wanted})


@pytest.mark.parametrize("depth", [1, 3, 50])
def test_values_come_in_order(depth: int) -> None:
    assert list(read_ahead(iter(range(20)), depth, nothing)) == list(range(20))
    assert lanes() == []


@pytest.mark.parametrize("depth", [1, 3])
def test_no_more_is_read_ahead_than_wanted(depth: int) -> None:
    consumed = 0
    ahead: list[int] = []

    def source() -> Iterator[int]:
        for number in range(1, 50):
            ahead.append(number - consumed)
            yield number

    for value in read_ahead(source(), depth, nothing):
        consumed = value

    assert max(ahead) <= depth + 1  # the one that is processed, and those ahead


def test_an_error_comes_after_the_values_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        message = "broken"
        raise LookupError(message)

    values = read_ahead(source(), 5, nothing)
    assert [next(values), next(values)] == [1, 2]
    with pytest.raises(LookupError, match="broken"):
        next(values)
    assert lanes() == []


def test_closing_early_cancels_the_source_and_ends_the_thread() -> None:
    blocked, cancelled = threading.Event(), threading.Event()

    def source() -> Iterator[int]:
        yield 1
        blocked.set()
        cancelled.wait()
        message = "ended by cancel"
        raise LookupError(message)

    values = read_ahead(source(), 1, cancelled.set)
    assert next(values) == 1
    blocked.wait()
    values.close()  # type: ignore[attr-defined] # a generator

    assert cancelled.is_set()
    assert lanes() == []


def test_closing_early_ends_a_thread_that_waits_for_a_slot() -> None:
    values = read_ahead(iter(range(100)), 1, nothing)
    assert next(values) == 0
    values.close()  # type: ignore[attr-defined] # a generator

    assert lanes() == []


def test_an_exception_in_the_consumer_ends_the_thread() -> None:
    def consume() -> None:
        for value in read_ahead(iter(range(100)), 2, nothing):
            if value == 3:
                raise KeyError(value)

    with pytest.raises(KeyError):
        consume()
    assert lanes() == []
