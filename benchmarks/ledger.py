"""What the ledger costs: bytes in STATE, seconds and memory, by number of candidates.

``python -m benchmarks.ledger`` prints the table; with ``--write`` it goes into
``docs/guarantees.md``. Takes three minutes; needs Linux.
"""

from __future__ import annotations

import multiprocessing
import random
import re
import sys
import time
import typing as t
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.render_settings import between
from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_columns import Entry
from tap_compleetpersy.sync.state import Bookmark, read_bookmarks, write_bookmark

PAGE = Path(__file__).resolve().parents[1] / "docs" / "guarantees.md"
START, END = "<!-- ledger -->", "<!-- /ledger -->"
COUNTS = (1_000, 100_000, 1_000_000)
OPENINGS = 200
TODAY = 20_000
TENANT = "0" * 16
MEBI = 1 << 20
_MARK = re.compile(r"^Vm(?:HWM|RSS):\s*(\d+) kB$", re.MULTILINE)
"""The largest resident set so far, and the present one."""

State = dict[str, t.Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the ledgers of all three streams cost together.

    Attributes:
        written: Bytes in STATE.
        load: Seconds of computing to read them.
        save: Seconds of computing to write them.
        memory: Bytes that the process grew by.
    """

    written: int
    load: float
    save: float
    memory: int


def dense(number: int) -> str:
    """Name a candidate or an opening as a database that counts."""
    return str(100_000 + number)


def scattered(number: int) -> str:
    """Name one by a random UUID."""
    return str(uuid.UUID(int=random.Random(number).getrandbits(128), version=4))  # noqa: S311 - no secret


def state_of(count: int, name: Callable[[int], str]) -> State:
    """Write the bookmarks of candidates, jobs and applications.

    Each candidate was updated on some day of three years, and carries one to three of
    200 openings.
    """
    draw = random.Random(count)  # noqa: S311 - no secret
    openings = [name(-number) for number in range(1, OPENINGS + 1)]
    children = Ledger(
        {
            name(number): Entry(
                TODAY - draw.randrange(1000), tuple(draw.sample(openings, draw.randint(1, 3)))
            )
            for number in range(count)
        }
    )
    candidates = Ledger({key: Entry(entry.day, ()) for key, entry in children.items()})
    ledgers = {"candidates": candidates, "jobs": children.hashed(), "applications": children}
    return written({stream: Bookmark(ledger=ledger) for stream, ledger in ledgers.items()})


def written(bookmarks: Mapping[str, Bookmark]) -> State:
    """Write bookmarks as a run does."""
    return {
        "bookmarks": {
            stream: write_bookmark(stream, bookmark, TENANT, KnownLedgers())
            for stream, bookmark in bookmarks.items()
        }
    }


def cost(state: State) -> Cost:
    """Read and write a state once, as a run does.

    Raises:
        ValueError: When it changed on the way.
    """
    known = KnownLedgers()
    before = _resident()
    load, bookmarks = _timed(lambda: read_bookmarks(state, state["bookmarks"], TENANT, known))
    save, again = _timed(lambda: written(bookmarks))
    memory = _resident(at_most=True) - before
    if again != state:
        message = "a state changed by reading and writing it"
        raise ValueError(message)
    size = sum(len(bookmark["ledger"]) for bookmark in state["bookmarks"].values())
    return Cost(size, load, save, memory)


_T = t.TypeVar("_T")


def _timed(function: Callable[[], _T]) -> tuple[float, _T]:
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def _resident(*, at_most: bool = False) -> int:
    """Return the bytes that this process holds, or held at most since the last such call.

    By the kernel's mark, which can be set back: the usage that a process is told begins with
    that of the one that started it. On Linux only.
    """
    peak, now = map(int, _MARK.findall(Path("/proc/self/status").read_text(encoding="utf-8")))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return (peak if at_most else now) * 1024


def measure(count: int, name: Callable[[int], str]) -> Cost:
    """Measure in a process of its own, so that its memory is only the ledgers'."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as process:
        state = process.submit(state_of, count, name).result()
        return process.submit(cost, state).result()


def table() -> str:
    """Render the figures as a Markdown table."""
    rows = [
        "| candidates | ids | bytes a candidate | STATE | load | save | memory |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for name, ids in ((dense, "dense numbers"), (scattered, "UUIDs")):
        for count in COUNTS:
            found = measure(count, name)
            rows.append(
                f"| {count:,} | {ids} | {found.written / count:.1f} "
                f"| {found.written / MEBI:.2f} MiB | {found.load:.2f} s | {found.save:.2f} s "
                f"| {found.memory / MEBI:,.0f} MiB |"
            )
    return "\n".join(["", *rows, "", ""])


if __name__ == "__main__":
    rendered = table()
    sys.stdout.write(rendered)
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(between(page, START, END, rendered), encoding="utf-8")
