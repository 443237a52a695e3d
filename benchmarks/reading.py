"""How long it takes to turn pages into rows, without HTTP: CPU of one process for each candidate.

`python -m benchmarks.reading`. Two kinds of pages (the local Persy's, and wider records with spaces
after `,` and `:`), each read the quick way, with deselected fields, and in general. Each page
counts with its fastest round, for a machine has moods; only ratios say something.
"""

from __future__ import annotations

import argparse
import functools
import time
import typing as t
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from benchmarks.server import Pages, Roster
from benchmarks.table import markdown
from tap_compleetpersy.api.decode import decode_lightly
from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.model.candidate import Rules, compile_reader
from tap_compleetpersy.model.custom_fields import Typing, compile_typed
from tap_compleetpersy.model.custom_types import Sample
from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.sync.output import encode_line
from tap_compleetpersy.sync.reading import Read, compile_read_page
from tap_compleetpersy.sync.records import RecordBuilder

Json: t.TypeAlias = dict[str, t.Any]
PAGE_SIZE = 100
RULES, ZONE = Rules(), ZoneInfo("Europe/Berlin")


def pages_of(kind: Pages, count: int) -> list[bytes]:
    """Return pages as the benchmarks' server sends them."""
    roster, size = Roster.drawn(count * PAGE_SIZE, kind), str(PAGE_SIZE)
    numbers = range(1, count + 1)
    return [roster.page(count * PAGE_SIZE, {"page": str(n), "per_page": size}) for n in numbers]


def way(pages: Sequence[bytes], selected: frozenset[str] | None, *, is_quick: bool) -> Way:
    """Prepare one way of reading, with the custom fields of the first page."""
    read, sample = compile_reader(RULES), Sample()
    for record in msgspec.json.decode(pages[0])["data"]:
        candidate = read(record)
        sample.add(candidate.custom, candidate.labels)
    types = sample.properties()
    shape = RecordBuilder(
        ids={name: functools.lru_cache(4096)(compile_ids("", name)) for name in FIELDS},
        changed_at="2026-11-24T03:00:00.000Z",
        typed=compile_typed(types, ZONE),
        location=None,
        integration_fields=compile_integration_fields(RULES, selected),
        candidate_data=None,
        opening_data=None,
    )
    typing = Typing(types, ZONE) if is_quick else None
    return functools.partial(_rows, compile_read_page(RULES, typing, selected=selected), shape)


Way: t.TypeAlias = Callable[[bytes], list[bytes]]


def _rows(read: Read, shape: RecordBuilder, page: bytes) -> list[bytes]:
    records = t.cast("Json", decode_lightly(Answer(200, {}, page)))["data"]
    rows = []
    for seen in filter(None, read(records)):
        candidate = seen.candidate
        rows.append(encode_line(shape.candidate(seen)[0]))
        rows += [
            encode_line(shape.application(candidate.remote_id, each)) for each in candidate.openings
        ]
    return rows


def microseconds(read: Way, pages: Sequence[bytes], rounds: int) -> float:
    """Return the CPU time of a candidate."""
    best = [float("inf")] * len(pages)
    for _ in range(rounds):
        for number, page in enumerate(pages):
            before = time.process_time()
            read(page)
            best[number] = min(best[number], time.process_time() - before)
    return sum(best) / (len(pages) * PAGE_SIZE) * 1e6


def measure(pages: Mapping[str, Sequence[bytes]], rounds: int) -> str:
    """Return the table: microseconds of each way, for each kind of pages."""
    some = frozenset({"first_name", "last_name", "location", "company", "remote_updated_at"})
    ways = {
        "quick": functools.partial(way, selected=None, is_quick=True),
        "quick, fields deselected": functools.partial(way, selected=some, is_quick=True),
        "in general": functools.partial(way, selected=None, is_quick=False),
        "in general, fields deselected": functools.partial(way, selected=some, is_quick=False),
    }
    rows = [
        [name, *(f"{microseconds(make(kind), kind, rounds):.0f}" for kind in pages.values())]
        for name, make in ways.items()
    ]
    return markdown(("µs CPU a candidate", *pages), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=20)
    chosen = parser.parse_args()
    kinds = {kind: pages_of(kind, chosen.pages) for kind in t.get_args(Pages)}
    print(measure(kinds, chosen.rounds))
