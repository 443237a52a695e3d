"""What is held on one person, and its erasure."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tap_compleetpersy.errors import PersyError
from tap_compleetpersy.files.index import Pruning, files_of, plan_pruning
from tap_compleetpersy.model.ids import application_remote_id, generated_id
from tap_compleetpersy.model.times import Instant, format_time
from tap_compleetpersy.sync.ledger_columns import hashed
from tap_compleetpersy.sync.state import tenant_of
from tap_compleetpersy.warehouse.database import Database, Row, Tables, WarehouseError, quoted

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.store import Store
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.state import Bookmark

_KEPT: t.Final = frozenset({"id", "remote_id", "changed_at", "remote_deleted_at"})
"""Columns of a tombstone that are not null."""
_REMAINS: t.Final[Mapping[str, str]] = {
    "duckdb": "Old bytes stay in the DuckDB file until its tables are copied into a new file.",
    "postgres": (
        "Old bytes stay in PostgreSQL's files until VACUUM FULL, in its statistics until ANALYZE, "
        "and in its write-ahead log and backups until these are gone."
    ),
}


class NobodyError(PersyError):
    """Nothing is held on this person; the message is one line."""


Condition: t.TypeAlias = tuple[str, list[str]]
"""A condition in SQL, and its values."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on one person.

    Attributes:
        remote_id: Id in Persy.
        id: Generated id of the candidate's row.
        account: Label of the tenant.
        conditions: Table to the condition of its rows about this person.
        rows: Table to these rows, tombstones included.
        files: Path of each stored content, to what the index says of it.
    """

    remote_id: str
    id: str
    account: str
    conditions: Mapping[str, Condition] = field(repr=False)
    rows: Mapping[str, Sequence[Row]] = field(repr=False)
    files: Mapping[str, Mapping[str, t.Any]] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, t.Any]:
        """Return everything as values that JSON has; times and decimals become text."""
        return {
            "remote_id": self.remote_id,
            "id": self.id,
            "account": self.account,
            "warehouse": {
                table: [{name: _plain(value) for name, value in row.items()} for row in rows]
                for table, rows in self.rows.items()
            },
            "files": [{"path": path, **told} for path, told in self.files.items()],
        }


def _plain(value: object) -> object:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    is_json = value is None or isinstance(value, (str, int, float, bool, dict, list))
    return value if is_json else str(value)


def held_on(
    database: Database, settings: Settings, remote_id: str, store: Store | None = None
) -> Held:
    """Return what is held on the candidate with this remote id, in rows and files.

    Raises:
        NobodyError: When the warehouse has no such row and no file.
        WarehouseError: When the schema holds no candidates.
    """
    account = settings.account or ""
    row_id = generated_id(account, "candidates", remote_id)
    tables = database.tables()
    if not {"id", "remote_id"} <= tables.get("candidates", {}).keys():
        message = f"--schema: {database.schema} has no table of candidates"
        raise WarehouseError(message)
    conditions = _conditions(database, tables, account, remote_id)
    rows: dict[str, list[Row]] = {}
    for table, (condition, values) in conditions.items():
        query = f"select * from {database.name(table)} where {condition}"  # noqa: S608 - names are quoted
        if found := database.rows(query, values):
            rows[table] = found
    files = {} if store is None else _files(store, tenant_of(settings), remote_id)
    if not rows and not files:
        raise NobodyError(_nobody(database, remote_id, account))
    return Held(remote_id, row_id, account, conditions, rows, files)


def _conditions(
    database: Database, tables: Tables, account: str, remote_id: str
) -> dict[str, Condition]:
    """Return the conditions of the rows about a person, for each table that has any such."""
    row_id = generated_id(account, "candidates", remote_id)
    found: dict[str, Condition] = {}
    for table, columns in tables.items():
        names = ("id",) if table == "candidates" else ("candidate_id", "_candidate_id")
        about = [(name, row_id) for name in names if name in columns]
        if table == "applications":  # a tombstone has no candidate_id, and others' are not ours
            applications = _applications(database, remote_id)
            about += [("id", generated_id(account, table, each)) for each in applications]
        if about:
            equal = (f"cast({quoted(name)} as varchar) = ?" for name, _ in about)
            found[table] = " or ".join(equal), [value for _, value in about]
    return found


def _applications(database: Database, remote_id: str) -> list[str]:
    """Return the remote ids of a candidate's applications, of whatever account."""
    prefix = application_remote_id(remote_id, "")
    found = database.rows(
        f"select remote_id from {database.name('applications')} where left(remote_id, ?) = ?",  # noqa: S608 - names are quoted
        [len(prefix), prefix],
    )
    return [row["remote_id"] for row in found]


def _nobody(database: Database, remote_id: str, account: str) -> str:
    others = database.rows(
        f"select count(*) as n from {database.name('candidates')} where remote_id = ?",  # noqa: S608 - names are quoted
        [remote_id],
    )
    if others[0]["n"]:
        here = "without an account" if not account else "of this account"
        return f"ID: nobody {here} has it, but another account's candidate does. Set account"
    return "ID: nothing is held on a candidate with this remote id"


def _files(store: Store, tenant: str, remote_id: str) -> dict[str, dict[str, t.Any]]:
    return {
        entry.path: {"attachment": entry.attachment, "sha256": entry.sha256, "size": entry.size}
        for owner, _, entries in files_of(store)
        for entry in entries
        if owner == tenant and entry.candidate == remote_id
    }


def known_of(bookmarks: Mapping[str, Bookmark], remote_id: str) -> dict[str, t.Any]:
    """Return what a state knows of a person: stream to the ids of openings or attachments."""
    keys = (remote_id, hashed(remote_id))  # where a stream need not name anybody
    ledgers = {stream: each.ledger for stream, each in bookmarks.items() if each.ledger is not None}
    return {
        stream: {"day": entry.day, "openings": list(entry.children)}
        for stream, ledger in ledgers.items()
        if (entry := next(filter(None, map(ledger.get, keys)), None)) is not None
    }


def pruning_of(store: Store | None, settings: Settings, held: Held) -> Pruning:
    """Return the files and index entries of a person; a content that others need stays."""
    if store is None:
        return Pruning({}, (), 0, 0)
    found = plan_pruning(
        store, tenant_of(settings), lambda entry: entry.candidate != held.remote_id
    )
    return replace(found, contents=tuple(path for path in found.contents if path in held.files))


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an erasure did: counts, and no data.

    Attributes:
        remote_id: Id in Persy, which is a pseudonym.
        account: Label of the tenant.
        erased_at: When, UTC.
        rows: Table to how many rows were made tombstones, or removed where a table has none.
        files: How many contents were removed.
        index_entries: How many entries of the index were.
        remains: What stays as bytes, and until when.
        written: False for a dry run, which changed nothing.
    """

    remote_id: str
    account: str
    erased_at: str
    rows: Mapping[str, int]
    files: int
    index_entries: int
    remains: str
    written: bool


def erase(
    database: Database, held: Held, pruning: Pruning, now: Instant, *, write: bool
) -> Certificate:
    """Make the rows tombstones of this time as a complete pass would; without `write` count them.

    Files are only counted: `prune` removes them.
    """
    if write:
        tables = database.tables()
        for table in held.rows:
            _bury(database, table, tables[table], held, now)
    return Certificate(
        held.remote_id,
        held.account,
        format_time(now),
        {table: len(rows) for table, rows in held.rows.items()},
        len(pruning.contents),
        pruning.gone,
        _REMAINS[database.kind],
        write,
    )


def _bury(
    database: Database, table: str, columns: Mapping[str, str], held: Held, now: Instant
) -> None:
    condition, values = held.conditions[table]
    name = database.name(table)
    if not columns.keys() >= _KEPT:  # of an extra stream, which has no tombstones
        database.run(f"delete from {name} where {condition}", values)  # noqa: S608 - names are quoted
        return
    moment = format_time(now)
    changed = f"changed_at = cast(? as {columns['changed_at']})"
    deleted = f"remote_deleted_at = coalesce(remote_deleted_at, cast(? as {columns['changed_at']}))"
    emptied = [
        f"{quoted(column)} = null"
        for column in columns
        if column not in _KEPT and not column.startswith("_sdc_")
    ]
    database.run(
        f"update {name} set {', '.join([changed, deleted, *emptied])} where {condition}",  # noqa: S608 - names are quoted
        [moment, moment, *values],
    )


def keeping_out(remote_id: str, erased_at: str) -> dict[str, t.Any]:
    """Return stream maps that keep a person out of all streams until Persy updates the record."""
    passes = f"remote_id != {remote_id!r} or (remote_updated_at or '') > '{erased_at}'"
    return {"candidates": {"__filter__": passes}}
