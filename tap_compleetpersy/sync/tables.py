"""What the tables of a stream hold: records behind a `__filter__`, and columns.

A stream may be written to several tables: its own, and the `__source__` copies of stream maps,
each with a filter of its own. What lives, the ledger knows; what of it a filter let through,
only the run that asked the filter does. So it is remembered, for those tables alone.

A target keeps a column that no row names any more, with its values, those of people who are
deleted later included. So names and kinds of columns that left are remembered, never a value.

How the rows look, some settings decide: a hash of each is remembered, to say when rows differ.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import typing as t
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from tap_compleetpersy.sync.deletions import is_too_much
from tap_compleetpersy.sync.ledger_numbers import DamagedLedgerError
from tap_compleetpersy.sync.ledger_text import inflate

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import Settings

Memory = Mapping[str, frozenset[str] | None]
"""Table to the remote ids of the records in it; None: it has no filter, hence all that live."""


def encode_memory(memory: Memory) -> dict[str, str | None]:
    """Return the memory as STATE carries it: one text for each table with a filter."""
    return {
        table: None if records is None else _encode(records) for table, records in memory.items()
    }


def decode_memory(value: object) -> Memory:
    """Return what :func:`encode_memory` wrote.

    Raises:
        DamagedLedgerError: When it was cut or changed.
    """
    if not isinstance(value, Mapping):
        raise DamagedLedgerError
    return {table: None if text is None else _decode(text) for table, text in value.items()}


def _encode(records: Iterable[str]) -> str:
    # Neighbours that look alike take a third of the space.
    ordered = sorted(records, key=lambda record: (len(record), record))
    return base64.b64encode(zlib.compress(msgspec.json.encode(ordered), level=6)).decode("ascii")


def _decode(text: object) -> frozenset[str]:
    try:
        packed = base64.b64decode(text if isinstance(text, str) else "", validate=True)
        return frozenset(msgspec.json.decode(inflate(packed), type=list[str]))
    except (binascii.Error, zlib.error, ValueError) as error:
        raise DamagedLedgerError from error


@dataclass
class Tables:
    """The tables of one stream in one run.

    Attributes:
        open: Tables without a filter: they hold all that lives.
        held: Table with a filter to the remote ids of the records in it.
        guessed: Tables whose records are not known, for an older release wrote them:
            the whole ledger is taken for held, and no limit counts it.
        left: What was taken out. Only after the run it is certain that the target knows.
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
        """Return the tables that hold a living record and are to get its tombstone now.

        Args:
            remote_id: Of the record.
            passing: Tables that it has a row for.
            later: Only the end of the pass decides about those it is to leave.
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

    def objection(self, limit_percent: float) -> str | None:
        """Return why a filter drops too much to be believed, or None."""
        for table, records in self.failed.items():
            leaving, known = len(records), self.before[table]
            if table not in self.guessed and is_too_much(leaving, known, limit_percent):
                return f"{leaving} of {known} records in {table} pass its __filter__ no more"
        return None

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
        known: Remote ids of all records of the ledger.
    """
    every = frozenset(known) if filtered else frozenset()
    # A new table holds nothing; one that had no filter held all.
    new = None if former is None else frozenset[str]()
    remembered = {table: (former or {}).get(table, new) for table in filtered}
    held = {table: set(every if those is None else those) for table, those in remembered.items()}
    guessed = frozenset(filtered) if former is None else frozenset[str]()
    return Tables(tuple(name for name in names if name not in held), held, guessed)


Schema = Mapping[str, t.Any]
Columns = Mapping[str, Mapping[str, str]]
"""Kinds of columns, by table and name."""

EMPTIED = " emptied"
"""Ends the kind of a column that left, and that a complete pass has emptied."""


def kind_of(schema: Schema) -> str:
    """Return the type of a property as a short text: ``string:date-time``, ``array/object``."""
    types = schema.get("type", "string")
    kind = "|".join(
        each for each in ([types] if isinstance(types, str) else types) if each != "null"
    )
    if "format" in schema:
        kind += f":{schema['format']}"
    items = schema.get("items")
    return f"{kind}/{kind_of(items)}" if isinstance(items, Mapping) else kind


def property_of(kind: str) -> dict[str, t.Any]:
    """Return a nullable property of a kind: a column of another type would be another column."""
    whole, _, items = kind.removesuffix(EMPTIED).partition("/")
    types, _, form = whole.partition(":")
    found: dict[str, t.Any] = {"type": [*types.split("|"), "null"]}
    if form:
        found["format"] = form
    if items:
        found["items"] = property_of(items)
    return found


def kinds_of(schema: Schema) -> dict[str, str]:
    """Return the kinds of the columns that a SCHEMA declares, by name."""
    return {name: kind_of(each) for name, each in schema.get("properties", {}).items()}


@dataclass(frozen=True, slots=True)
class StreamColumns:
    """The columns of the tables of one stream.

    Attributes:
        present: That this run's rows have.
        remembered: That any run's rows ever had, as the bookmark knows.
        erases: The setting ``erase_deselected``.
    """

    present: Columns
    remembered: Columns
    erases: bool

    @property
    def left(self) -> dict[str, dict[str, str]]:
        """Columns that are no more, of tables that still are."""
        return {
            table: {n: kind for n, kind in self.remembered.get(table, {}).items() if n not in names}
            for table, names in self.present.items()
        }

    @property
    def nulled(self) -> dict[str, tuple[str, ...]]:
        """Columns that left and that every row names all the same, with null."""
        return {table: tuple(names) for table, names in self.left.items() if names and self.erases}

    @property
    def is_due(self) -> bool:
        """Whether only a complete pass can empty what left."""
        return self.erases and any(_full(names) for names in self.left.values())

    def widened(self, table: str, schema: Schema) -> dict[str, t.Any]:
        """Return a SCHEMA of a table with the columns that are nulled."""
        left = self.left.get(table, {}) if self.erases else {}
        more = {name: property_of(kind) for name, kind in left.items()}
        return {**schema, "properties": {**schema["properties"], **more}}

    def after(self, *, emptied: bool) -> Columns:
        """Return what to remember; `emptied`: a complete pass came to its end."""
        mark = EMPTIED if emptied and self.erases else ""
        gone = {
            table: {
                name: kind if kind.endswith(EMPTIED) else kind + mark
                for name, kind in names.items()
            }
            for table, names in self.left.items()
        }
        return {
            **self.remembered,
            **{table: {**names, **gone[table]} for table, names in self.present.items()},
        }

    def warnings(self) -> Iterator[str]:
        """Yield a line for each table that may keep what left."""
        way = "docs/privacy.md says what to do"
        for table, names in self.left.items():
            shown = ", ".join(sorted(_full(names)))
            if shown and self.erases:
                yield f"{table}: {shown} left and will be emptied by a complete pass"
            elif shown:
                yield (
                    f"{table}: {shown} left, and the target keeps the values, those of people "
                    f"who are deleted later included. Set erase_deselected, or {way}"
                )
        for table in sorted(self.remembered.keys() - self.present.keys()):
            yield f"{table}: is not written any more, and the target keeps its rows; {way}"


def _full(names: Mapping[str, str]) -> list[str]:
    return [name for name, kind in names.items() if not kind.endswith(EMPTIED)]


_LOOK = (
    "outcomes",
    "field_paths",
    "custom_fields_paths",
    "exclude_fields",
    "include_remote_data",
    "time_zone",
    "attachments_dir",
)
"""The tap's own settings that change how rows look."""

_LOOK_OF_ONE: t.Final = {
    "outcomes": "applications",
    "custom_fields_paths": "candidates",
    "attachments_dir": "candidate_attachments",
}
"""Those that change the rows of one stream only."""

_LOOK_OF_THE_SDK = ("stream_maps", "flattening_enabled", "flattening_max_depth")
"""Those of the SDK. `stream_map_config` is not among them: it holds secrets, such as a salt."""


def shape_of(
    settings: Settings, config: Mapping[str, t.Any], selected: Iterable[str] | None
) -> dict[str, str]:
    """Return a short hash of each setting that decides how the rows of a stream look.

    Those of the SDK are in the config. `selected` are the names of fields; None: all are.
    """
    values = {name: getattr(settings, name) for name in _LOOK}
    values |= {name: config.get(name) for name in _LOOK_OF_THE_SDK}
    values["selection"] = None if selected is None else sorted(selected)
    encode = msgspec.json.Encoder(enc_hook=_plain, order="deterministic").encode
    return {name: hashlib.sha256(encode(each)).hexdigest()[:8] for name, each in values.items()}


def changed(stream: str, before: Mapping[str, str] | None, now: Mapping[str, str]) -> set[str]:
    """Return the settings that changed a stream's rows, as far as their former hashes are known."""
    if before is None:
        return set()
    return {
        name
        for name, each in now.items()
        if _LOOK_OF_ONE.get(name, stream) == stream and before.get(name, each) != each
    }


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
