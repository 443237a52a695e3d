"""Names that developers put together out of a few words, in German and in English."""

from __future__ import annotations

import itertools
import re
import typing as t
from collections.abc import Iterable, Iterator, Sequence

_TIME_WORDS: t.Final = frozenset({
    "at", "am", "on", "um", "ts", "time", "date", "datum", "zeit", "stamp", "stempel",
    "zeitpunkt", "timestamp", "datetime",
})  # fmt: skip
_SINCE_ENDS: t.Final = ("since", "after", "from", "seit", "ab", "nach", "von", "gte", "min")
_SINCE_STARTS: t.Final = ("since", "seit", "ab")
_CHANGES: t.Final = (
    ("changed",), ("changes",), ("updated",), ("updates",), ("modified",), ("mtime",),
    ("last", "modified"), ("last", "updated"), ("last", "change"),
)  # fmt: skip
_CHANGES_DE: t.Final = (
    ("geaendert",), ("aenderung",), ("aenderungen",), ("bearbeitet",), ("aktualisiert",),
    ("stand",), ("letzte", "aenderung"),
)  # fmt: skip


def words_of(name: str) -> list[str]:
    """Return the words of a name, in lower case: `letzterStand` and `letzter_stand` have two."""
    parts = re.findall(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])|\d+", name)
    return [part.lower() for part in parts]


def camel(words: Sequence[str]) -> str:
    """Join words as `pageNumber`."""
    return words[0] + "".join(word.capitalize() for word in words[1:])


def snake(words: Sequence[str]) -> str:
    """Join words as `page_number`."""
    return "_".join(words)


def header(words: Sequence[str]) -> str:
    """Join words as `Api-Key`."""
    return "-".join(word.capitalize() for word in words)


def spelled(names: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield each name in both spellings of parameters."""
    for words in names:
        yield camel(words)
        if len(words) > 1:
            yield snake(words)


def unique(names: Iterable[str], *known: str) -> tuple[str, ...]:
    """Return the names in their order, each once, without those known; case does not matter."""
    seen = {name.casefold() for name in known}
    return tuple(
        name
        for name in names
        if not (name.casefold() in seen or seen.add(name.casefold()))  # type: ignore[func-returns-value] # None
    )


def filters_on(key: str) -> tuple[str, ...]:
    """Return names that a filter on a key of the records may have: `touchedAt`, `touchedAfter`."""
    words = words_of(key)
    if not words:
        return ()
    stem = words[:-1] if len(words) > 1 and words[-1] in _TIME_WORDS else words
    for word in _TIME_WORDS:  # `aenderungsdatum` is one word of two
        head = stem[-1].removesuffix(word).removesuffix("s")
        if stem[-1].endswith(word) and len(head) > len(word):
            stem = [*stem[:-1], head]
            break
    join = snake if "_" in key else camel
    stems = [stem, words] if words != stem else [stem]
    names = [key, f"{key}[gte]", f"{key}__gte", f"filter[{key}]"]
    names += [join([*each, end]) for each in stems for end in _SINCE_ENDS]
    names += [join([start, *stem]) for start in _SINCE_STARTS]
    return unique(names)


FILTERS: t.Final = unique(
    spelled(
        [
            *((*stem, end) for stem in _CHANGES for end in ("since", "after", "from")),
            *((*stem, end) for stem in _CHANGES_DE for end in ("seit", "ab", "nach", "von")),
            *itertools.product(("ab", "seit"), ("aenderung", "stand", "datum")),
        ]
    )
)
"""Names of filters on the updated time."""

_PAGES: t.Final = itertools.product(
    ("page", "current", "pg"), ("number", "no", "num", "nr", "index", "idx", "page")
)
_PAGES_DE: t.Final = itertools.product(
    ("seite", "seiten", "blatt"), ("nummer", "nr", "index", "zahl")
)
PAGES: t.Final = unique(
    (
        *(name for words in _PAGES for name in (*spelled([words]), "".join(words))),
        *(name for words in _PAGES_DE for name in ("".join(words), *spelled([words]))),
    )
)
"""Names of parameters that take a page number."""

OFFSETS: t.Final = unique(
    spelled(
        [
            ("versatz",),
            ("beginn",),
            ("startindex",),
            ("firstresult",),
            *itertools.product(
                ("start", "first", "from", "offset"),
                ("index", "row", "at", "record", "result", "item", "position"),
            ),
            *itertools.product(
                ("ab", "start", "von", "erste", "erster"),
                ("zeile", "satz", "datensatz", "index", "position", "nummer", "eintrag"),
            ),
        ]
    )
)
"""Names of parameters that take an offset."""

_HOLDERS: t.Final = (
    "access", "api", "auth", "client", "app", "service", "user", "account", "tenant", "customer",
    "private", "subscription", "partner", "integration", "hr", "rest", "company", "interface",
)  # fmt: skip
_SECRETS: t.Final = ("key", "token", "secret")
_HOLDERS_DE: t.Final = ("zugriffs", "zugangs", "schnittstellen", "api", "mandanten")
_SECRETS_DE: t.Final = ("schluessel", "token", "code", "key")

HEADERS: t.Final = unique(
    f"{start}{header(words)}"
    for start, words in itertools.product(
        ("X-", ""),
        (
            *itertools.product(_HOLDERS, _SECRETS),
            *((holder + secret,) for holder, secret in itertools.product(_HOLDERS_DE, _SECRETS_DE)),
            *itertools.product(("schnittstellen", "zugriffs"), ("schluessel", "token")),
        ),
    )
)
"""Headers that carry a key; their case does not matter."""

PARAMS: t.Final = unique(
    (
        *(name for words in itertools.product(_HOLDERS, _SECRETS) for name in spelled([words])),
        *(holder + secret for holder, secret in itertools.product(_HOLDERS_DE, _SECRETS_DE)),
    )
)
"""Parameters that carry a key."""
