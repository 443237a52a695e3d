"""The second process: nothing depends on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_compleetpersy.api.decode import text_of
from tap_compleetpersy.api.pages import Page
from tap_compleetpersy.sync.ledger_columns import Entry
from tap_compleetpersy.sync.mapping import Lines, Mapped, MappedPage
from tap_compleetpersy.sync.plan import Window
from tap_compleetpersy.sync.worker import MOST_PAGES, Worker, is_worthwhile, mapped_pages

ALL = Window(None, None)
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def page(number: int, body: bytes = b"x") -> Page:
    return Page(number, t.cast("list[object]", body), None, None)


def named(text: str) -> MappedPage:
    lines = {"candidates": Lines(memoryview(text.encode()), [len(text)])}
    mapped = Mapped(0, text, None, (), Entry(0, ()), (), "kept", ("candidates",))
    return MappedPage([mapped], [], {text}, lines)


def name_of(mapped: MappedPage) -> str:
    return mapped.candidates[0].remote_id


def there(body: bytes, window: Window) -> MappedPage:
    if body.startswith(b"bad"):
        raise ValueError
    assert window == Window(1, None)
    return named(f"there {len(body)}")


def pull(worker: Worker, pages: list[Page], *, ready: bool = True) -> list[tuple[int, str]]:
    """Map pages, all but the last of which are always waiting, or none is."""
    left = len(pages)

    def source() -> Iterator[Page]:
        nonlocal left
        for each in pages:
            left -= 1
            yield each

    mapped = mapped_pages(
        source(),
        Window(1, None),
        lambda each: named(f"here {len(text_of(each.records))}"),
        worker,
        is_next_ready=lambda: ready and left > 0,
    )
    return [(each.number, name_of(result)) for each, result in mapped]


def test_pages_come_in_their_order_from_both_processes() -> None:
    with Worker(there) as worker:
        result = pull(worker, [page(n, b"x" * n) for n in range(1, 40)])
    assert [number for number, _ in result] == list(range(1, 40))
    assert all(name.endswith(f" {number}") for number, name in result)
    assert {name.split()[0] for _, name in result} == {"here", "there"}


def test_who_waits_for_the_server_maps_here() -> None:
    with Worker(there) as worker:
        result = pull(worker, [page(n) for n in range(1, 9)], ready=False)
    assert {name for _, name in result} == {"here 1"}


def test_large_pages_do_not_block_both_processes() -> None:
    body = b"x" * 5_000_000
    with Worker(lambda _body, _window: named("y" * 5_000_000)) as worker:
        for _ in range(MOST_PAGES):
            assert worker.give(body, ALL)
        assert not worker.has_room
        taken = [worker.take() for _ in range(MOST_PAGES)]
    assert [len(name_of(each)) for each in taken if each] == [5_000_000] * MOST_PAGES


def test_a_page_that_cannot_be_mapped_there_is_mapped_here() -> None:
    with Worker(there) as worker:
        result = pull(worker, [page(1, b"bad"), page(2, b"bad2"), page(3, b"xx")])
    assert [name for number, name in result if number < 3] == ["here 3", "here 4"]
    assert [number for number, _ in result] == [1, 2, 3]


def test_a_worker_that_is_killed_loses_no_page() -> None:
    def end(body: bytes, window: Window) -> MappedPage:
        if body == b"end":
            os.kill(os.getpid(), signal.SIGKILL)
        return there(body, window)

    with Worker(end) as worker:
        pages = [page(1), page(2, b"end"), *(page(n) for n in range(3, 20))]
        result = pull(worker, pages)
    assert [number for number, _ in result] == list(range(1, 20))
    assert result[-1][1] == "here 1"


PARENT = """
import os, sys, time
from tap_compleetpersy.sync.worker import Worker
worker = Worker(lambda body, window: None)
print(worker._process.pid, flush=True)
sys.stdin.read()
"""


def test_it_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as parent:
        child = int(t.cast("t.TextIO", parent.stdout).readline())
        watched = os.pidfd_open(child)
        parent.kill()
        # Who holds the other end of stdout has ended, so nothing is left of the run.
        assert t.cast("t.TextIO", parent.stdout).read() == ""
    import select  # noqa: PLC0415

    ended, _, _ = select.select([watched], [], [], 60)
    os.close(watched)
    assert ended


def test_it_leaves_no_open_file() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Worker(there) as worker:
        pull(worker, [page(1), page(2)])
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert worker.pages == 0


def test_a_signal_to_the_terminal_does_not_end_it() -> None:
    with Worker(there) as worker:
        pid = worker._process.pid  # noqa: SLF001 - who gets the signal
        assert pid is not None
        assert worker.give(b"x", Window(1, None))
        assert worker.take() is not None, "it is at work"
        os.kill(pid, signal.SIGINT)
        assert worker.give(b"xx", Window(1, None))
        taken = worker.take()
    assert taken is not None
    assert name_of(taken) == "there 2"


def test_a_process_with_threads_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert not is_worthwhile()
