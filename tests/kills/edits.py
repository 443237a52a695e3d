"""What happens to the people between two runs, by seed."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Callable
from dataclasses import dataclass, field

from tap_compleetpersy.sandbox.facts import Candidate
from tap_compleetpersy.sandbox.state import Store
from tap_compleetpersy.sync.ledger import Ledger
from tests.ledgers import decode

STATUSES = ("neu", "Interview", "Zusage", "Absage", "Wiedervorlage")
STREAMS = ("candidates", "jobs", "applications")


@dataclass
class Life:
    """Edits the people of a local Persy, and remembers who is gone.

    What no kept STATE knows yet is not deleted here: if a run that wrote it was
    killed, the tap cannot know that the warehouse has it (docs/guarantees.md).

    Attributes:
        store: The people.
        draw: Decides.
        gone: Who was deleted and did not return.
    """

    store: Store
    draw: random.Random
    gone: set[str] = field(default_factory=set)

    def goes_on(self, state: t.Mapping[str, t.Any]) -> None:
        """Let some hours pass, and a few things happen."""
        ledgers = ledgers_of(state)
        for change in self.draw.choices(self._changes, k=self.draw.randrange(1, 8)):
            self.store.clock.advance(self.draw.randrange(60, 7200))
            change(ledgers)

    def happens(self, state: t.Mapping[str, t.Any], most: int) -> None:
        """Let one thing happen now; of more people than so many, somebody is deleted."""
        with self.store.lock:
            is_full = len(self.store) > most
            change = self._delete if is_full else self.draw.choice(self._changes)
            change(ledgers_of(state))

    @property
    def _changes(self) -> list[Callable[[list[Ledger]], None]]:
        return [
            self._add,
            self._edit,
            self._apply,
            self._rename,
            self._withdraw,
            self._delete,
            self._return,
        ]

    def _someone(self, people: list[Candidate] | None = None) -> Candidate:
        return self.draw.choice(people or self.store.candidates())

    def _add(self, _ledgers: list[Ledger]) -> None:
        self.store.add()

    def _edit(self, _ledgers: list[Ledger]) -> None:
        name = f"Nachname {self.draw.randrange(1_000_000)}"
        self.store.edit(self._someone().remote_id, last_name=name)

    def _apply(self, _ledgers: list[Ledger]) -> None:
        opening = f"{8000 + self.draw.randrange(12)}"
        self.store.put_opening(
            self._someone().remote_id,
            opening,
            title=f"Stelle {opening}",
            status=self.draw.choice(STATUSES),
        )

    def _rename(self, _ledgers: list[Ledger]) -> None:
        openings = [o.remote_id for o in self._someone().openings if o.remote_id]
        for opening in openings[:1]:
            self.store.rename_opening(opening, f"Titel {self.draw.randrange(1_000_000)}")

    def _withdraw(self, ledgers: list[Ledger]) -> None:
        known = [c for c in self.store.candidates() if c.openings and is_known(c, ledgers)]
        if known:
            someone = self._someone(known)
            opening = self.draw.choice(someone.openings)
            self.store.remove_opening(someone.remote_id, t.cast("str", opening.remote_id))

    def _delete(self, ledgers: list[Ledger]) -> None:
        known = [c for c in self.store.candidates() if is_known(c, ledgers)]
        if known:
            someone = self._someone(known).remote_id
            self.store.delete(someone)
            self.gone.add(someone)

    def _return(self, _ledgers: list[Ledger]) -> None:
        if self.gone:
            someone = self.draw.choice(sorted(self.gone))
            self.store.add(remote_id=someone, first_name="Wieder")
            self.gone.remove(someone)


def ledgers_of(state: t.Mapping[str, t.Any]) -> list[Ledger]:
    """Return what a state knows to live, stream by stream."""
    bookmarks = state.get("bookmarks", {})
    texts = [bookmarks.get(stream, {}).get("ledger") for stream in STREAMS]
    return [Ledger() if text is None else decode(text) for text in texts]


def is_known(candidate: Candidate, ledgers: list[Ledger]) -> bool:
    """Return whether every stream knows the candidate, with the openings where they matter."""
    openings = {opening.remote_id for opening in candidate.openings}
    entries = [ledger.get(candidate.remote_id) for ledger in ledgers]
    return all(entries) and all(openings <= set(entry.children) for entry in entries[1:] if entry)
