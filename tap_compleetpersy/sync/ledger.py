"""The ledger: every candidate, and its openings, that the warehouse may hold alive.

Without it a deletion could not be seen: a list of changes does not name what is
gone. In memory it is a mapping over sorted columns (`ledger_columns`), beside a small
dictionary of what changes in a run. In the state it is one text (`ledger_text`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping

from tap_compleetpersy.sync.ledger_columns import Columns, Entry, Keys, Pool
from tap_compleetpersy.sync.ledger_numbers import DamagedLedgerError
from tap_compleetpersy.sync.ledger_text import decode_columns, encode_columns

_MOST_CHANGES = 1 << 14
"""Changes that are kept beside the columns; more where the columns are long (a 64th)."""


class Ledger(MutableMapping[str, Entry]):
    """Remote candidate id to what is known of the candidate.

    Goes through numbers by value, then through other ids by code points.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry] | None = None,
        *,
        columns: Columns | None = None,
        pool: Pool | None = None,
    ) -> None:
        """Begin with entries, by candidate, or with columns; other ledgers may share the pool."""
        self._pool = pool or Pool()
        self._columns = columns or Columns.of({})
        self._changes: dict[str, Entry | None] = {}
        self._size = len(self._columns.keys)
        self.update(entries or {})

    def __getitem__(self, candidate_id: str) -> Entry:
        """Return what is known of a candidate."""
        entry = self._find(candidate_id)
        if entry is None:
            raise KeyError(candidate_id)
        return entry

    def __contains__(self, candidate_id: object) -> bool:
        """Whether anything is known of a candidate."""
        if candidate_id in self._changes:
            return self._changes[candidate_id] is not None
        return isinstance(candidate_id, str) and self._columns.keys.place(candidate_id)[1]

    def __setitem__(self, candidate_id: str, entry: Entry) -> None:
        """Know this of a candidate."""
        self.put(candidate_id, entry)

    def __delitem__(self, candidate_id: str) -> None:
        """Forget a candidate."""
        if candidate_id not in self:
            raise KeyError(candidate_id)
        self._changes[candidate_id] = None
        self._size -= 1

    def __iter__(self) -> Iterator[str]:
        """Go through the candidates as they are now, whatever changes meanwhile."""
        return iter(self.columns.keys)

    def __len__(self) -> int:
        """Count the candidates."""
        return self._size

    def __eq__(self, other: object) -> bool:
        """Whether the same is known of the same candidates."""
        if isinstance(other, Ledger):
            return self.columns.trimmed() == other.columns.trimmed()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def put(self, candidate_id: str, entry: Entry) -> Entry | None:
        """Know this of a candidate; return what was known before."""
        before, changes = self._find(candidate_id), self._changes
        if before is None or before != entry:
            changes[candidate_id] = entry
            self._size += before is None
            if len(changes) > _MOST_CHANGES and len(changes) > self._size >> 6:
                self._settle()
        return before

    def clear(self) -> None:
        """Forget all."""
        self._columns, self._changes, self._size = Columns.of({}), {}, 0

    def copy(self) -> Ledger:
        """Return another one that knows the same, for now; it takes no memory."""
        copy = Ledger(columns=self._columns, pool=self._pool)
        copy._changes, copy._size = self._changes.copy(), self._size
        return copy

    @property
    def columns(self) -> Columns:
        """All that is known, as columns."""
        if self._changes:
            self._settle()
        return self._columns

    @property
    def openings(self) -> int:
        """How many openings all candidates have together."""
        return len(self.columns.openings)

    def carried(self) -> set[str]:
        """Return the openings that anybody has."""
        columns = self.columns
        return set(map(columns.names.__getitem__, set(columns.openings)))

    def absent(self, others: Keys) -> Iterator[str]:
        """Go through the candidates that are not among others."""
        return self.columns.keys.absent(others)

    def hashed(self) -> Ledger:
        """Return one that knows the same, by hashes in place of UUIDs; it may be this one."""
        columns = self.columns.hashed()
        return self if columns is self._columns else Ledger(columns=columns, pool=self._pool)

    def _find(self, candidate_id: str) -> Entry | None:
        if candidate_id in self._changes:
            return self._changes[candidate_id]
        if not self._columns.days:
            return None
        row, is_there = self._columns.keys.place(candidate_id)
        return self._columns.row(row) if is_there else None

    def _settle(self) -> None:
        """Make columns of what changed; ledgers that are equal and change equally do it once."""
        before, changes = self._columns, self._changes
        self._columns, self._changes = self._pool.edited(before, changes), {}


class KnownLedgers:
    """Ledgers with their texts: equal ones are read once, held once and written once.

    A run mostly leaves a ledger as it was, and jobs and applications mostly have the same.
    """

    def __init__(self) -> None:
        """Know none."""
        self.pool = Pool()
        self._known: dict[str, Columns] = {}

    def copy(self) -> KnownLedgers:
        """Know the same, and forget what is learned from here on."""
        copy = KnownLedgers()
        copy.pool, copy._known = self.pool, dict(self._known)
        return copy

    def decode(self, text: object) -> Ledger:
        """Return the ledger of a text.

        Raises:
            DamagedLedgerError: When it was cut, changed, or is of another format.
        """
        if not isinstance(text, str):
            raise DamagedLedgerError
        if text not in self._known:
            self._known[text] = self.pool.shared(decode_columns(text))
        return Ledger(columns=self._known[text], pool=self.pool)

    def changeable(self, ledger: Ledger | None) -> Ledger:
        """Return one that knows the same, or nothing, and shares what it can with others."""
        return Ledger(pool=self.pool) if ledger is None else ledger.copy()

    def encode(self, ledger: Ledger) -> str:
        """Return a ledger as text; `decode` reads it back to an equal one."""
        columns = ledger.columns
        for text, known in self._known.items():
            if known is columns:
                return text
        columns = columns.trimmed()
        for text, known in self._known.items():
            if known == columns:
                return text
        text = encode_columns(columns)
        self._known[text] = columns
        return text
