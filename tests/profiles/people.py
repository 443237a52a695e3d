"""People who are hard to read, in addition to the fictional ones of the local Persy."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tap_compleetpersy.sandbox.facts import (
    Address,
    Candidate,
    Email,
    Employment,
    Opening,
    Phone,
)

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.state import Store

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FICTIONAL = 36
"""So that pages of seven end with a page of one, which PHP sends without a list."""
PAGE_SIZE = 7
PHP_HOUR = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""The first of two times that Berlin's clock shows as 02:30."""


def add_hard_people(store: Store) -> None:
    """Let seven more people apply; the youngest was updated ten minutes ago."""
    for number, person in enumerate(hard_people()):
        updated_at = NOW - timedelta(days=3 * number, minutes=10)
        facts = {name: getattr(person, name) for name in person.__dataclass_fields__}
        store.add(**facts | {"updated_at": updated_at})


def hard_people() -> Iterator[Candidate]:
    """Make them; their update times are set when they are added."""
    nobody = Candidate("9007199254740993", NOW, NOW)
    yield nobody
    yield person(
        "007",
        first_name="  Zoe\u0308 \U0001f41d ",
        last_name='O\'Neil & Söhne <GmbH> "Łódź"',
        status="in Bearbeitung",
        source=" \u00a0",
        openings=(
            Opening(None, "Ohne Kennung", "hired", NOW),
            Opening("000123", "Führende Nullen", None, NOW - timedelta(days=1)),
            Opening("9007199254740993", None, "Absage", None),
        ),
    )
    yield person(
        "a/b ü%2F",
        status="neu",
        openings=(
            Opening("A/7 b", "Neuer Titel", "hired", NOW - timedelta(days=2)),
            Opening("A/7 b", "Alter Titel", "Absage", NOW - timedelta(days=40)),
            Opening("500", "Erst", "Absage", None),
            Opening("500", None, "eingeladen", None),
        ),
    )
    yield person(
        "5000",
        created_at=PHP_HOUR,
        phones=(
            Phone("+49 89 1", use=None),
            Phone("+49 89 2", use=None),
            Phone("0171 3", kind="mobile", use="business"),
            Phone("+49 89 4", use="business"),
            Phone("+49 89 5", kind="fax", use=None),
            Phone("keine"),
        ),
        emails=(
            Email("erste@example.org", use=None),
            Email("zweite@example.org", use="business"),
            Email("bewerber@"),
        ),
    )
    yield person(
        "5001",
        created_at=PHP_HOUR + timedelta(hours=1),
        address=Address("PL", None, "Śląskie", "Żory", None, None, None),
        employments=(
            Employment("Früher GmbH", "Helfer"),
            Employment("Heute & Morgen KG", None, current=True),
            Employment("Auch heute AG", "Leiterin", current=True),
        ),
    )
    yield person(
        "5002",
        confidential=True,
        address=Address(None, "00000", None, None, "Straße des 17. Juni", "135", "Hinterhaus"),
        employments=(Employment(None, "Ohne Firma"),),
    )
    yield person(
        "5003",
        address=Address("Republik Nirgendwo", "1", "Land", "Ort", "Weg", None, None),
        custom_fields={"z. B. Größe (cm)": 180, "Leer": "", "\U0001f41d": ["eine"]},
    )


def person(remote_id: str, **facts: t.Any) -> Candidate:
    """Make somebody of whom only some facts are known."""
    return Candidate(
        remote_id, **{"created_at": NOW - timedelta(days=50), "updated_at": NOW} | facts
    )
