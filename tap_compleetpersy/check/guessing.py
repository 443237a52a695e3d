"""Keys of unknown records that look like a field of the model.

A guess is made from names of keys and forms of values, only for fields that no path
feeds; it is a proposal for `field_paths`.
"""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from tap_compleetpersy.check.examination import showable
from tap_compleetpersy.model.text import fold, scalar_text
from tap_compleetpersy.model.times import has_clock, read_date, read_time

_UTC = ZoneInfo("UTC")
_DEEPEST = 5
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{6,}")
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
_USUAL = 0.5

Check = t.Callable[[Sequence[str]], bool]


class Clue(t.NamedTuple):
    """What a model field's key may be called, and what its values must look like."""

    names: tuple[str, ...]
    """Parts of folded keys, the most telling first."""
    fits: Check


def _mostly(matches: t.Callable[[str], object]) -> Check:
    return lambda values: sum(bool(matches(value)) for value in values) > _USUAL * len(values)


def _differ(values: Sequence[str]) -> bool:
    return len(set(values)) == len(values)


def _is_moment(text: str) -> bool:
    written = has_clock(text) or read_date(text) is not None or _UNIX.fullmatch(text)
    return bool(written) and read_time(text, _UTC) is not None


_TEXT = _mostly(lambda value: not _MAIL.fullmatch(value) and re.search(r"[^\W\d]", value))
_TIME = _mostly(_is_moment)

CLUES: t.Final[Mapping[str, Clue]] = {
    "remote_id": Clue(("uuid", "guid", "kennung", "nummer", "number", "schluessel", "id"), _differ),
    "remote_updated_at": Clue(
        ("modif", "updat", "aender", "aend", "chang", "aktualis", "bearbeit", "mutation", "stand"),
        _TIME,
    ),
    "remote_created_at": Clue(
        ("creat", "erstell", "angelegt", "anlage", "erfass", "eingang"), _TIME
    ),
    "first_name": Clue(("vorname", "firstname", "givenname", "rufname"), _TEXT),
    "last_name": Clue(("nachname", "lastname", "familienname", "familyname", "surname"), _TEXT),
    "email_addresses": Clue(("mail",), _mostly(_MAIL.fullmatch)),
    "phone_numbers": Clue(("telefon", "phone", "mobil", "handy"), _mostly(_PHONE.fullmatch)),
    "company": Clue(("firma", "arbeitgeber", "employer", "company"), _TEXT),
    "source": Clue(("quelle", "herkunft", "source"), _TEXT),
    "location.city": Clue(("wohnort", "stadt", "city", "ort"), _TEXT),
    "location.zip_code": Clue(
        ("plz", "postleitzahl", "postalcode", "zip"),
        _mostly(re.compile(r"[A-Z0-9 -]{4,10}").fullmatch),
    ),
}


def guess_paths(records: Sequence[object], fed: Mapping[str, object]) -> dict[str, str]:
    """Propose a path for each field of the model that nothing feeds.

    Args:
        records: As received.
        fed: Fields that something feeds, and their paths.

    Returns:
        Model field to dotted path, only where a key and its values fit. A path that
        feeds another field already is not proposed.
    """
    objects = [record for record in records if isinstance(record, dict)]
    columns = _columns(objects)
    taken = {_folded(path) for paths in fed.values() for path in t.cast("Mapping[str, int]", paths)}
    guesses: dict[str, str] = {}
    for field, clue in CLUES.items():
        if field in fed:
            continue
        least = len(objects) if field == "remote_id" else _USUAL * len(objects)
        fitting = [
            (_quality(path, clue), path)
            for path, values in columns.items()
            if _folded(path) not in taken and len(values) >= least and clue.fits(values)
        ]
        named = sorted((quality, path) for quality, path in fitting if quality is not None)
        if named:
            guesses[field] = named[0][1]
            taken.add(_folded(named[0][1]))
    return guesses


def _quality(path: str, clue: Clue) -> tuple[int, int, int] | None:
    """Rank a path by its last key, shallow and short ones first; None when no name fits."""
    last = fold(path.rpartition(".")[2])
    rank = next((rank for rank, name in enumerate(clue.names) if name in last), None)
    return None if rank is None else (path.count("."), rank, len(last))


def _columns(records: Sequence[dict[str, object]]) -> dict[str, list[str]]:
    """Collect the texts at each path that may be shown, at most one for a record."""
    leaves = [dict(_leaves(record, "", _DEEPEST)) for record in records]
    shown, _ = showable([set(leaf) for leaf in leaves])
    columns: dict[str, list[str]] = {path: [] for path in shown}
    by_fold = {_folded(path): path for path in shown}
    for leaf in leaves:
        once = Counter(_folded(path) for path in leaf)
        for path, value in leaf.items():
            if once[_folded(path)] == 1 and (name := by_fold.get(_folded(path))):
                columns[name].append(value)
    return columns


def _leaves(value: dict[str, object], prefix: str, room: int) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        path = f"{prefix}{key}"
        if isinstance(item, dict) and room:
            yield from _leaves(item, f"{path}.", room - 1)
        elif "." not in key and (text := scalar_text(item)) is not None:
            yield path, text


def _folded(path: str) -> str:
    return ".".join(fold(segment) or segment for segment in path.split("."))
