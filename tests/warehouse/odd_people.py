"""A tenant of thousands, odd ones among them, and the rows that its tables must have."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tap_compleetpersy.sandbox.facts import Candidate, Opening
from tap_compleetpersy.sandbox.state import Store
from tests.profiles.comparison import Rows, expected_rows
from tests.profiles.expected import compact, identifier

CHANGED = ("edited", "moved", "withdrawn", "deleted")


def nested(depth: int, core: t.Any) -> t.Any:
    """Put an object into another, again and again."""
    return {"Kind": nested(depth - 1, core)} if depth else core


ODD: t.Mapping[str, tuple[t.Any, t.Any]] = {
    "Nul": ("vor\0nach", "vornach"),
    "Schlüssel\0": ("ä", "ä"),
    "Größte ganze Zahl": (2**63 - 1, 2**63 - 1),
    "Über 64 Bit": (2**70, str(2**70)),
    "Unter 64 Bit": (-(2**63) - 1, str(-(2**63) - 1)),
    "Gleitkomma": (1e308, 1e308),
    "Winzig": (5e-324, 5e-324),
    "Erster Tag": ("01.01.0001", "0001-01-01"),
    "Letzter Tag": ("9999-12-31", "9999-12-31"),
    "Sommerzeit": ("2026-07-01T12:00:00+02:00", "2026-07-01T10:00:00.000Z"),
    "Tief": (nested(40, "innen"), nested(8, compact(nested(32, "innen")))),
    "Lang": ("ß" * 50_000, "ß" * 50_000),
    "Trenner": ("a,b;c|d\te\nf\r\ng", "a,b;c|d\te\nf\r\ng"),
    "Anführung": ("'a' \"b\" \\N \\", "'a' \"b\" \\N \\"),
    "Wort": ("NULL", "NULL"),
    "Familie": ("👩‍👩‍👧‍👦 🇩🇪", "👩‍👩‍👧‍👦 🇩🇪"),
    'O\'Neil: %s "$1" {x}': ("ja?", "ja?"),
}
"""Custom fields as Persy has them and as they arrive: what breaks databases, files and SQL."""

NAMES = ("Müller-Lüdenscheidt", "Мюллер", "O'Neil", "😀 Ünal", "Zoe\u0308", 'a\\"b', "NULL", "'x'")
"""Of the odd ones; one is not composed (NFC)."""

TITLES = ("Köch:in 👩‍🍳 (m/w/d)", 'Monteur "Nord", Süd; Ost', "-- Koch\n'Chef'")


@dataclass(frozen=True, slots=True)
class Tenant:
    """The people of a local Persy, and who was deleted."""

    store: Store
    deleted: list[Candidate]

    def becomes_odd(self) -> None:
        """Add the odd ones, who are the last to have been updated."""
        for name, title in zip(NAMES, (*TITLES, *TITLES, *TITLES), strict=False):
            custom_fields = {key: value for key, (value, _) in ODD.items()}
            self.store.add(
                last_name=name,
                custom_fields=custom_fields,
                openings=(Opening(f"odd {title[:6]}", title, "neu"),),
            )

    def changes(self, since: datetime) -> None:
        """Edit, add and delete people, and move openings, among those updated since.

        No opening loses its last carrier there, so no job is deleted.
        """
        people = [person for person in self.store.candidates() if person.updated_at >= since]
        carried = Counter(opening.remote_id for one in people for opening in one.openings)
        usual = [
            person
            for person in people
            if len(person.openings) > 1
            and all(carried[opening.remote_id] > len(CHANGED) for opening in person.openings)
        ]
        edited, moved, withdrawn, deleted = usual[: len(CHANGED)]
        self.store.edit(edited.remote_id, last_name="Groß-Geändert 🎉", address=None)
        self.store.put_opening(moved.remote_id, str(moved.openings[0].remote_id), title="Anders")
        self.store.put_opening(moved.remote_id, "odd new", title="Neu", status="neu")
        self.store.remove_opening(withdrawn.remote_id, str(withdrawn.openings[0].remote_id))
        self.store.add(first_name="Neu", last_name="Dazu")
        self.store.delete(deleted.remote_id)
        self.deleted.append(deleted)


def living_rows(people: Iterable[Candidate]) -> dict[str, Rows]:
    """Return what lives, by stream and `id`, but for `changed_at` and `integration_fields`."""
    people = list(people)
    plain = [replace(one, custom_fields={}) if is_odd(one) else one for one in people]
    rows = expected_rows(plain, "hrxml")
    for person in filter(is_odd, people):
        rows["candidates"][identifier("candidates", person.remote_id)]["custom_fields"] = {
            key.replace("\0", ""): value for key, (_, value) in ODD.items()
        }
    return rows


def is_odd(person: Candidate) -> bool:
    """Return whether somebody is an odd one."""
    return person.custom_fields.keys() == ODD.keys()
