"""Names of keys, headers and parameters: which words they have, and which may be put together.

In German and in English.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Collection, Iterable, Iterator, Sequence

from tap_compleetpersy.model.text import fold

_LEAST_WORD = 3
_LEAST_PART = 4

_TIME_WORDS: t.Final = (
    "timestamp", "zeitpunkt", "datetime", "stempel", "datum", "stamp", "time", "date", "zeit",
    "at", "am", "on", "um", "ts",
)  # fmt: skip
"""Ends of keys that hold times, the longest first."""
_SINCE_ENDS: t.Final = ("since", "after", "from", "seit", "ab", "nach", "von", "gte", "min")
_SINCE_STARTS: t.Final = ("since", "seit", "ab")
_CHANGES: t.Final = (
    "changed", "changes", "updated", "updates", "modified", "mtime", "last modified",
    "last updated", "last change",
)  # fmt: skip
_CHANGES_DE: t.Final = (
    "geaendert", "aenderung", "aenderungen", "bearbeitet", "aktualisiert", "stand",
    "letzte aenderung",
)  # fmt: skip
_HOLDERS: t.Final = (
    "access", "api", "auth", "client", "app", "service", "user", "account", "tenant", "customer",
    "private", "subscription", "partner", "integration", "hr", "rest", "company", "interface",
)  # fmt: skip
_HOLDERS_DE: t.Final = ("zugriffs", "zugangs", "schnittstellen", "api", "mandanten")


def _pairs(first: Iterable[str], second: Iterable[str], between: str = " ") -> list[str]:
    seconds = [*second]
    return [f"{one}{between}{two}" for one in first for two in seconds]


def _camel(words: str) -> str:
    """Return words as `pageNumber`."""
    first, *rest = words.split()
    return first + "".join(word.capitalize() for word in rest)


def _snake(words: str) -> str:
    """Return words as `page_number`."""
    return words.replace(" ", "_")


def _spelled(names: Iterable[str]) -> Iterator[str]:
    """Yield each name in both spellings of parameters."""
    for words in names:
        yield _camel(words)
        yield _snake(words)


def unique(names: Iterable[str], *known: str) -> tuple[str, ...]:
    """Return the names in their order, each once, without those known; case does not matter."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return tuple(name for key, name in first.items() if key not in map(str.casefold, known))


def words_of(key: str) -> list[str]:
    """Return the words of a key, in lower case: `telNr2` has tel, nr and 2."""
    parts = re.findall(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])|\d+", key)
    return [part.lower() for part in parts]


def filters_on(key: str) -> tuple[str, ...]:
    """Return names that a filter on a key of the records may have: `touchedAt`, `touchedAfter`."""
    words = words_of(key)
    if not words:
        return ()
    *before, last = words
    stem = before if before and last in _TIME_WORDS else [*before, last]
    for word in _TIME_WORDS:  # `aenderungsdatum` is one word of two
        head = stem[-1].removesuffix(word).removesuffix("s")
        if stem[-1].endswith(word) and len(head) > len(word):
            stem = [*stem[:-1], head]
            break
    join = _snake if "_" in key else _camel
    stems = unique([" ".join(stem), " ".join([*before, last])])
    composed = [*_pairs(stems, _SINCE_ENDS), *_pairs(_SINCE_STARTS, stems[:1])]
    usual = (key, f"{key}[gte]", f"{key}__gte", f"filter[{key}]")
    return unique([*usual, *map(join, composed)])


FILTERS: t.Final = unique([
    *_spelled([
        *_pairs(_CHANGES, ("since", "after", "from")),
        *_pairs(_CHANGES_DE, ("seit", "ab", "nach", "von")),
        *_pairs(("ab", "seit"), ("aenderung", "stand", "datum")),
    ]),
    "since", "seit", "last_modified", "aenderungsdatum_ab", "letzte_aenderung", "updated_at_gte",
    "updated_at[gte]", "filter[updated_since]", "von_datum", "from_date", "updated_at_from",
])  # fmt: skip
"""Names of filters on the updated time."""

_PAGES: t.Final = _pairs(
    ("page", "current", "pg"), ("number", "no", "num", "nr", "index", "idx", "page")
)
_PAGES_DE: t.Final = _pairs(("seite", "seiten", "blatt"), ("nummer", "nr", "index", "zahl"))
PAGES: t.Final = unique([
    *_spelled(_PAGES),
    *(name for words in _PAGES_DE for name in (words.replace(" ", ""), _snake(words))),
])  # fmt: skip
"""Names of parameters that take a page number."""

OFFSETS: t.Final = unique(
    _spelled([
        "versatz", "beginn", "startindex", "firstresult",
        *_pairs(
            ("start", "first", "from", "offset"),
            ("index", "row", "at", "record", "result", "item", "position"),
        ),
        *_pairs(
            ("ab", "start", "von", "erste", "erster"),
            ("zeile", "satz", "datensatz", "index", "position", "nummer", "eintrag"),
        ),
    ])
)  # fmt: skip
"""Names of parameters that take an offset."""

_KEYS: t.Final = _pairs(_HOLDERS, ("key", "token", "secret"))
_KEYS_DE: t.Final = _pairs(_HOLDERS_DE, ("schluessel", "token", "code", "key"), "")
_KEYS_OF_TWO: t.Final = _pairs(("schnittstellen", "zugriffs"), ("schluessel", "token"))

_NAMES: t.Final = [words.title().replace(" ", "-") for words in (*_KEYS, *_KEYS_DE, *_KEYS_OF_TWO)]
HEADERS: t.Final = unique(_pairs(("X-", ""), _NAMES, ""))
"""Headers that carry a key; their case does not matter."""

PARAMS: t.Final = unique([*_spelled(_KEYS), *_KEYS_DE])
"""Parameters that carry a key."""


def name_rank(path: str, names: Sequence[str]) -> int:
    """Return the place of the name that the last key of a path has in it; their number for none.

    A word of the key may be a name cut short (`KD_NACHN`), and short names must be words. Of
    `employer.name` both keys count.
    """
    before, _, last = path.rpartition(".")
    own = _rank(last, names)
    return _rank(before, names) if own == len(names) and fold(last) == "name" else own


def _rank(path: str, names: Sequence[str]) -> int:
    key = path.rpartition(".")[2]
    whole, words = fold(key), {fold(word) for word in words_of(key)}
    for rank, name in enumerate(names):
        is_part = len(name) >= _LEAST_PART and name in whole
        is_end = len(name) == _LEAST_WORD and whole.endswith(name)
        is_longer = any(len(word) >= _LEAST_WORD and name.startswith(word) for word in words)
        if is_part or is_end or is_longer or name in words:
            return rank
    return len(names)


def is_named(path: str, names: Collection[str]) -> bool:
    """Whether the last key of a path has one of the names in it."""
    whole = fold(path.rpartition(".")[2])
    return any(name in whole for name in names)
