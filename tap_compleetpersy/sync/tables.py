"""Which records the tables with a `__filter__` hold: whom it no longer passes is taken out.

A stream may be written to several tables: its own, and the `__source__` copies of stream maps,
each with a filter of its own. What lives, the ledger knows; what of it a filter let through,
only the run that asked the filter does. So it is remembered, for those tables alone.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from tap_compleetpersy.sync.ledger_text import LARGEST_BYTES, DamagedLedgerError

Memory = Mapping[str, frozenset[str] | None]
"""Table to the remote ids of the records in it; None: it has no filter, hence all that live."""


def encode_memory(memory: Memory) -> dict[str, str | None]:
    """Return the memory as STATE carries it: one text for each table with a filter."""
    return {
        table: None if records is None else _encode(records) for table, records in memory.items()
    }


def decode_memory(value: object) -> Memory | None:
    """Return what :func:`encode_memory` wrote; None for None, as older releases left it.

    Raises:
        DamagedLedgerError: When it was cut or changed.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise DamagedLedgerError
    return {table: None if text is None else _decode(text) for table, text in value.items()}


def _encode(records: Iterable[str]) -> str:
    # Neighbours that look alike take a third of the space.
    ordered = sorted(records, key=lambda record: (len(record), record))
    return base64.b64encode(zlib.compress(msgspec.json.encode(ordered), level=6)).decode("ascii")


def _decode(text: object) -> frozenset[str]:
    try:
        inflater = zlib.decompressobj()
        packed = base64.b64decode(text if isinstance(text, str) else "", validate=True)
        content = inflater.decompress(packed, LARGEST_BYTES)
        if not inflater.eof:
            raise DamagedLedgerError
        return frozenset(msgspec.json.decode(content, type=list[str]))
    except (binascii.Error, zlib.error, ValueError) as error:
        raise DamagedLedgerError from error


@dataclass
class Tables:
    """The tables of one stream in one run.

    Attributes:
        open: Tables without a filter: they hold all that lives.
        held: Table with a filter to the remote ids of the records in it.
        guessed: Tables of which nobody knows what they hold, for an older release wrote them:
            the whole ledger is taken for held, and no limit counts it.
        left: What was taken out. Until the run ends, nobody knows whether the target knows.
        failed: What a complete pass found in a table whose filter it fails; the end of the pass
            decides.
        before: How many records each table held before the run.
    """

    open: tuple[str, ...]
    held: dict[str, set[str]]
    guessed: frozenset[str] = frozenset()
    left: dict[str, set[str]] = field(default_factory=dict)
    failed: dict[str, set[str]] = field(default_factory=dict)
    before: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Count what there is, before the run changes it."""
        self.before = {table: len(records) for table, records in self.held.items()}

    def see(self, remote_id: str, passing: Collection[str], *, later: bool) -> list[str]:
        """Take note of a record that lives.

        Args:
            remote_id: Of the record.
            passing: Tables that it has a row for.
            later: Only the end of the pass decides about those it is to leave.

        Returns:
            Tables that hold the record and are to get its tombstone now.
        """
        leaving = []
        for table, held in self.held.items():
            if table in passing:
                held.add(remote_id)
                self.failed.get(table, set()).discard(remote_id)
            elif remote_id in held and later:
                self.failed.setdefault(table, set()).add(remote_id)
            elif remote_id in held:
                leaving.append(table)
        return leaving

    def leave(self, remote_id: str, tables: Collection[str] | None = None) -> list[str]:
        """Take a record out of tables, or of all, and return those that had it."""
        leaving = []
        for table, held in self.held.items():
            if remote_id in held and (tables is None or table in tables):
                held.discard(remote_id)
                self.left.setdefault(table, set()).add(remote_id)
                self.failed.get(table, set()).discard(remote_id)
                leaving.append(table)
        return leaving if tables is not None else [*self.open, *leaving]

    def keep(self, known: Iterable[str]) -> None:
        """Forget all records but those known, where there is a filter."""
        if self.held:
            every = frozenset(known)
            for held in self.held.values():
                held.intersection_update(every)

    def counted(self) -> Iterable[tuple[str, int, int]]:
        """Yield of each table: its name, how many records are to leave, how many it had."""
        for table, records in self.failed.items():
            if records and table not in self.guessed:
                yield table, len(records), self.before[table]

    def memory(self, former: Memory | None, *, whole: bool) -> Memory:
        """Return what the next run is to know.

        Args:
            former: What this run knew; tables that have no map any more stay as they were, for
                the map may return.
            whole: Count what has left as held, as long as the run may be interrupted: a
                tombstone that is sent twice is harmless.
        """
        held = {
            table: frozenset(records | self.left.get(table, set()) if whole else records)
            for table, records in self.held.items()
        }
        return {**(former or {}), **dict.fromkeys(self.open), **held}


def make_tables(
    names: Iterable[str], filtered: Collection[str], former: Memory | None, known: Iterable[str]
) -> Tables:
    """Return the tables of a stream at the start of a run.

    Args:
        names: Of all its tables.
        filtered: Those with a filter.
        former: What the last run left; None: it was of an older release, or there was none.
        known: Remote ids of all records that live, for all that the ledger knows.
    """
    every = frozenset(known) if filtered else frozenset()
    held: dict[str, set[str]] = {}
    for table in filtered:
        if former is not None and table not in former:
            held[table] = set()  # a new table
            continue
        remembered = (former or {}).get(table)
        held[table] = set(every if remembered is None else remembered)
    guessed = frozenset(filtered) if former is None else frozenset[str]()
    return Tables(tuple(name for name in names if name not in held), held, guessed)
