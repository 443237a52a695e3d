from __future__ import annotations

import logging
import os
import signal
import threading
import weakref
from collections.abc import Callable
from types import FrameType

import pytest
from requests.structures import CaseInsensitiveDict

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.retry import Allowance, retry_after
from tap_compleetpersy.errors import ClientClosed, UnexpectedAnswer, Unreachable
from tap_compleetpersy.settings import Settings
from tests.api.conftest import ClientOf
from tests.server import Server, reply

PASSING = [408, 425, 429, 500, 502, 503, 504]
DATE = "Sat, 31 Jan 2026 08:00:00 GMT"


@pytest.mark.parametrize("status", PASSING)
def test_a_fault_that_may_pass_is_tried_again(
    server: Server, client_of: ClientOf, waits: list[float], status: int
) -> None:
    server.answers(reply(b"", status), reply(b"", status), reply([1]))

    assert client_of().get_document("/candidates")[0].body == b"[1]"
    assert len(waits) == 2
    assert 1 <= waits[0] <= 2 <= waits[1] <= 3  # exponential, and jittered


@pytest.mark.parametrize("status", PASSING)
def test_a_fault_that_does_not_pass_is_an_error_after_all_tries(
    server: Server, client_of: ClientOf, waits: list[float], status: int
) -> None:
    server.answers(reply(b"", status))

    with pytest.raises(UnexpectedAnswer, match=f"status {status} after 4 tries; nothing"):
        client_of(max_retries=3).get_document("/candidates")

    assert len(server.requests) == 4
    assert len(waits) == 3


@pytest.mark.parametrize("status", [404, 503])
def test_an_error_is_freed_with_all_that_it_holds_once_it_is_handled(
    server: Server, client_of: ClientOf, status: int
) -> None:
    server.answers(reply(b"", status))
    client = client_of(max_retries=1)

    try:
        client.get_document("/candidates")
    except UnexpectedAnswer as error:
        left = weakref.ref(error)
    assert left() is None


def test_no_wait_is_longer_than_a_minute_unless_the_server_asks(
    server: Server, client_of: ClientOf, waits: list[float]
) -> None:
    server.answers(reply(b"", 503))

    with pytest.raises(UnexpectedAnswer):
        client_of(max_retries=12).get_document("/candidates")

    assert max(waits) == 60


def test_a_run_has_a_budget_too(server: Server, client_of: ClientOf, waits: list[float]) -> None:
    client = client_of(max_retries=2)
    server.answers(reply(b"", 429, {"Retry-After": "300"}))
    for _ in range(10):
        with pytest.raises(UnexpectedAnswer, match="429 after 3 tries"):
            client.get_document("/candidates")
    with pytest.raises(UnexpectedAnswer, match="429, and the run has no retries left; "):
        client.sibling().get_document("/candidates")

    assert len(waits) == 20
    assert len(server.requests) == 31


def test_the_servers_own_wait_is_honoured(
    server: Server, client_of: ClientOf, waits: list[float]
) -> None:
    server.answers(reply(b"", 429, {"Retry-After": "17"}), reply([]))

    client_of().get_document("/candidates")

    assert waits == [17]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"Retry-After": "12"}, 12, id="seconds"),
        pytest.param({"retry-after": " 1.5 "}, 1.5, id="a fraction, any case"),
        pytest.param({"Retry-After": "999999999999"}, 300, id="absurd, so capped"),
        pytest.param({"Retry-After": "9" * 1000}, None, id="no number of seconds"),
        pytest.param({"Retry-After": "0"}, None, id="zero: our own wait"),
        pytest.param({"Retry-After": "-5"}, None, id="negative: our own wait"),
        pytest.param({"Retry-After": "soon"}, None, id="neither seconds nor date"),
        pytest.param({"Retry-After": "NaN"}, None, id="not a number"),
        pytest.param({}, None, id="absent"),
        pytest.param(
            {"Date": DATE, "Retry-After": "Sat, 31 Jan 2026 08:00:42 GMT"}, 42, id="a date"
        ),
        pytest.param(
            {"Date": DATE, "Retry-After": "Sun, 31 Jan 2027 08:00:00 GMT"}, 300, id="a far date"
        ),
        pytest.param(
            {"Date": DATE, "Retry-After": "Sat, 31 Jan 2026 07:00:00 GMT"}, None, id="a past date"
        ),
        pytest.param({"Retry-After": "Thu, 31 Dec 2099 08:00:00 GMT"}, 300, id="no clock"),
        pytest.param({"Retry-After": "Sat, 99 Jan 2026 08:00:00 GMT"}, None, id="no such date"),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(CaseInsensitiveDict(headers)) == seconds


def test_each_retry_is_one_line_without_the_query(
    server: Server, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers(reply(b"Huber", 503, {"Retry-After": "7"}), reply([]))

    with caplog.at_level(logging.DEBUG):
        client_of().get_document("/candidates", {"name": "Huber"})

    assert caplog.record_tuples == [
        (
            "tap-compleetpersy",
            logging.WARNING,
            "GET /candidates: status 503; waiting 7.0 s before try 2 of 7",
        )
    ]


def test_requests_keep_below_the_rate(server: Server, settings_of: Callable[..., Settings]) -> None:
    now = 100.0
    starts: list[float] = []

    def wait(seconds: float) -> None:
        nonlocal now
        now += seconds

    allowance = Allowance(6, 4, lambda: now)
    with Client(settings_of(), wait=wait, allowance=allowance) as client:
        for _ in range(3):
            client.get_document("/candidates")
            starts.append(now)
        now += 10  # time without requests is not saved up
        with client.sibling() as sibling:
            sibling.get_document("/candidates")
        client.get_document("/candidates")
        starts.append(now)

    assert starts == [100, 100.25, 100.5, 110.75]
    assert len(server.requests) == 5


def test_without_a_rate_nothing_waits() -> None:
    allowance = Allowance(max_retries=1, requests_per_second=None)

    assert [allowance.take_request() for _ in range(3)] == [0, 0, 0]


class _Stopped(Exception):  # noqa: N818 - what a handler of the tap could raise
    pass


def test_a_signal_ends_a_wait(server: Server, settings_of: Callable[..., Settings]) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Stopped

    server.answers(reply(b"", 503, {"Retry-After": "300"}))
    logged = _AfterLogging(lambda: os.kill(os.getpid(), signal.SIGUSR1))
    before = signal.signal(signal.SIGUSR1, stop)
    try:
        with logged, Client(settings_of()) as client, pytest.raises(_Stopped):
            client.get_document("/candidates")
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_closing_from_another_thread_ends_a_wait(
    server: Server, settings_of: Callable[..., Settings]
) -> None:
    server.answers(reply(b"", 503, {"Retry-After": "300"}))
    client = Client(settings_of())

    with _AfterLogging(client.close), pytest.raises(ClientClosed):
        client.get_document("/candidates")


class _AfterLogging(logging.Handler):
    """Does something in another thread once the wait has been logged."""

    def __init__(self, action: Callable[[], object]) -> None:
        super().__init__()
        self._thread = threading.Timer(0.05, action)

    def emit(self, _: logging.LogRecord) -> None:
        self._thread.start()

    def __enter__(self) -> None:
        logging.getLogger("tap-compleetpersy").addHandler(self)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("tap-compleetpersy").removeHandler(self)
        self._thread.join()


def test_an_unreachable_server_is_tried_again_then_named(
    server: Server, client_of: ClientOf, waits: list[float]
) -> None:
    url = server.url
    server.stop()

    with pytest.raises(Unreachable, match=r"refused after 3 tries; .*api_url"):
        client_of(api_url=url, max_retries=2).get_document("/candidates")
    assert len(waits) == 2
