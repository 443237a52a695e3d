"""Marker people and a marker key, and a search for them in every byte that a run left."""

from __future__ import annotations

import re
import typing as t
from datetime import UTC, datetime
from pathlib import Path

from tap_compleetpersy.sandbox.facts import Address, Candidate, Email, Opening, Phone
from tap_compleetpersy.sandbox.state import Store

WORD, KEY = "qvxperson", "zkwkey-4f1b"
DIGITS = "5550177"
MARKS: t.Mapping[str, re.Pattern[bytes]] = {
    "people": re.compile(f"{WORD}|{DIGITS}".encode(), re.IGNORECASE),
    "key": re.compile(KEY.encode()),
}
TABLES = (".duckdb", ".duckdb.wal")
"""Ends of the names of what holds the tables: there people belong."""

SHORTER = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "*"),
    (r"/elt/[^/]+/", "/elt/*/"),
    (r"/\w+\.csv$", "/*.csv"),
    (r"^home/", "~/"),
    (r"^project/", ""),
)
"""What varies in the names of files, or need not be told: pattern and what is said instead."""


def populate(store: Store, people: int = 30) -> None:
    """Add people in whose every personal fact a marker is."""
    for number in range(people):
        add(store, number)


def add(store: Store, number: int, **facts: t.Any) -> Candidate:
    """Add one of them."""
    usual: dict[str, t.Any] = {
        "first_name": f"{WORD}-first-{number}",
        "last_name": f"{WORD}-last-{number}",
        "emails": (Email(f"{WORD}-{number}@example.org"),),
        "phones": (Phone(f"+49 30 {DIGITS}{number}"),),
        "address": Address(street=f"{WORD}-street {number}", city=f"{WORD}-city"),
        "custom_fields": {"Note": f"{WORD}-custom-{number}"},
        "openings": (Opening("81", "Cook", "neu", datetime(2026, 11, 2, tzinfo=UTC)),),
        "attachments": (),
        "employments": (),
    }
    return store.add(**usual | facts)


def search(folder: Path) -> dict[str, list[str]]:
    """Return of each kind of marker where it is, with who may read the file.

    Args:
        folder: Of everything that a run could write. What only links to somewhere else is not of
            the run.
    """
    found: dict[str, set[str]] = {name: set() for name in MARKS}
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file() or path.name.endswith(TABLES):
            continue
        content = path.read_bytes()
        place = path.relative_to(folder).as_posix()
        for pattern, said in SHORTER:
            place = re.sub(pattern, said, place)
        for name, mark in MARKS.items():
            if mark.search(content):
                found[name].add(f"`{place}` ({path.stat().st_mode & 0o777:04o})")
    return {name: sorted(places) for name, places in found.items()}
