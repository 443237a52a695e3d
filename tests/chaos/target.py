"""A target that upserts whatever whole line it gets, and what it has is compared."""

from __future__ import annotations

import typing as t
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tap_compleetpersy.sandbox.state import Store
from tests.kills.truth import COLUMNS, Rows, facts
from tests.ledgers import decode
from tests.profiles.expected import identifier
from tests.singer import Message

ATTACHMENTS = "candidate_attachments"
OF_ATTACHMENTS = ("remote_id", "file_name", "candidate_id")


@dataclass
class Target:
    """Tables, and the state of the last STATE.

    Attributes:
        rows: By stream and `id`, the last record of each.
        state: Empty before the first.
    """

    rows: dict[str, dict[str, Message]] = field(default_factory=lambda: defaultdict(dict))
    state: Message = field(default_factory=dict)

    def load(self, messages: Iterable[Message]) -> None:
        """Take what a run wrote, whether it ended well or not."""
        for message in messages:
            if message["type"] == "RECORD":
                self.rows[message["stream"]][message["record"]["id"]] = message["record"]
            elif message["type"] == "STATE":
                self.state = message["value"]

    def living(self, stream: str, columns: Collection[str]) -> Rows:
        """Return the rows that are not deleted."""
        return {
            tuple(row[column] for column in columns)
            for row in self.rows[stream].values()
            if row["remote_deleted_at"] is None
        }

    def expect_the_source(self, store: Store, streams: Collection[str]) -> None:
        """See that it has what there is, and nothing else."""
        for stream, expected in _facts(store, streams).items():
            living = self.living(stream, _columns(stream))
            assert self._settled(stream, living) == self._settled(stream, expected), stream

    def expect_nothing_lost(
        self, store: Store, gone: Collection[str], streams: Collection[str]
    ) -> None:
        """See that it has what there is, and beside it only who is gone."""
        for stream, expected in _facts(store, streams).items():
            living = self._settled(stream, self.living(stream, _columns(stream)))
            expected = self._settled(stream, expected)  # noqa: PLW2901 - the same, less
            if stream == "jobs":  # a delta sees no carrier that has gone
                assert {row[:2] for row in expected} <= {row[:2] for row in living}
                continue
            assert expected <= living, stream
            rest = {_person(stream, row) for row in living - expected}
            assert rest <= {_name(stream, number) for number in gone}, stream

    @property
    def owed(self) -> set[str]:
        """Ids of candidates whose attachments were refused: the next runs ask again."""
        bookmark = self.state.get("bookmarks", {}).get(ATTACHMENTS, {})
        return {identifier("candidates", number) for number in bookmark.get("owed", [])}

    def _settled(self, stream: str, rows: Rows) -> Rows:
        """Return the rows without attachments that the tap says it has yet to ask for."""
        owed = self.owed if stream == ATTACHMENTS else ()
        return {row for row in rows if row[2] not in owed}

    def expect_true_claims(self, store: Store) -> None:
        """See that STATE claims nothing that it has not, and forgets nobody who is here.

        Whoever was updated before a stream's position must be here as they are, and
        whoever lives here must be in the ledger, or nobody would see them go.
        """
        for stream, bookmark in self.state.get("bookmarks", {}).items():
            if stream == ATTACHMENTS:
                continue
            position = _moment(bookmark.get("position"))
            past = [c for c in store.candidates() if position and c.updated_at < position]
            numbers = {candidate.remote_id for candidate in past}
            living = self.living(stream, COLUMNS[stream])
            if stream == "jobs":
                carried = {o.remote_id for c in past for o in c.openings if o.remote_id}
                assert carried <= {row[1] for row in living}, stream
            else:
                own = {row for row in facts(store)[stream] if _person(stream, row) in numbers}
                assert own <= living, stream
            if stream == "candidates":
                assert {row[1] for row in living} <= decode(bookmark["ledger"]).keys()


def _facts(store: Store, streams: Collection[str]) -> Mapping[str, Rows]:
    found = dict(facts(store))
    if ATTACHMENTS in streams:
        found[ATTACHMENTS] = {
            (document.remote_id, document.file_name, identifier("candidates", person.remote_id))
            for person in store.candidates()
            for document in person.attachments
        }
    return found


def _columns(stream: str) -> Collection[str]:
    return OF_ATTACHMENTS if stream == ATTACHMENTS else COLUMNS[stream]


def _person(stream: str, row: tuple[t.Any, ...]) -> str:
    """Return whose a row is."""
    return str(row[2] if stream == ATTACHMENTS else row[1].partition("/")[0])


def _name(stream: str, number: str) -> str:
    return identifier("candidates", number) if stream == ATTACHMENTS else number


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
