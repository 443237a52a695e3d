"""Countries and postal addresses."""

from __future__ import annotations

import re
import typing as t
import unicodedata
from functools import lru_cache

from tap_compleetpersy.model import place_names

LOCATION_PARTS: t.Final = ("city", "country", "raw", "state", "street_1", "street_2", "zip_code")

_FORMS = frozenset(place_names.FORMS.split())
_STATE_CODES = frozenset(place_names.STATE_CODES.split())
_NO_COUNTRY_HERE = frozenset(place_names.NO_COUNTRY_HERE.split())
_ALPHA_2 = re.compile(r"[A-Za-z]{2}")
_ALPHA_3: t.Final = 3
# Two-letter codes of CLDR that are no countries of ISO 3166.
_NO_COUNTRIES = frozenset({
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ",
})  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "ł": "l", "đ": "d", "&": " "})
_BETWEEN = re.compile(r"\s*[()/;|]\s*|\s+[-\u2013]\s+")
_CODE_FIRST = re.compile(r"(?P<code>[A-Z]{1,3})[-\s]+(?P<name>[^\W\d_]{4,}.*)")
_GERMAN_ZIP = re.compile(r"(?:D(?:E)?[- ]?)?[0-9]{5}")
_LONGEST: t.Final = 100


def country(text: str) -> str:
    """Name a country by ISO 3166 alpha-2 where known, else leave it as given.

    German and English names and alpha-3 codes come from the CLDR (`babel`); official and old
    names, number plates and the codes of sports from `place_names`.
    """
    # Upper-case pairs need no table but that of the few plates that are no codes.
    if len(text) == 2 and text.isascii() and text.isalpha() and text.isupper():  # noqa: PLR2004
        return place_names.PAIRS.get(text, text)
    return known_country(text) or text


@lru_cache(maxsize=1024)
def known_country(text: str) -> str | None:
    """Return the code of a country's name or code, None when it is none that is known."""
    if len(text) > _LONGEST:
        return None
    if (code := _countries().get(text.casefold())) is not None:
        return code
    if "," in text:
        name, form = (part.strip() for part in text.split(",", 1))
        if (code := _named(f"{form} {name}")) is not None:
            return code
    if (code := _named(text)) is not None:
        return code
    # `Deutschland (DE)`, `DE - Deutschland`: all parts that are known must agree.
    parts = [part for part in _BETWEEN.split(text) if part]
    if len(parts) == 1 and (found := _CODE_FIRST.fullmatch(text)):
        parts = [found["code"], found["name"]]
    codes = {_named(part) for part in parts}
    return codes.pop() if len(parts) > 1 and len(codes) == 1 else None


def _named(text: str) -> str | None:
    """Look up a name, then what is left of an official one: `Republik Polen`."""
    words = _folded(text).split()
    if (code := _countries().get(" ".join(words))) is not None:
        return code
    rest = [word for word in words if word not in _FORMS]
    name = " ".join(rest)
    if len(rest) == len(words) or name in place_names.AMBIGUOUS or len(name) < _ALPHA_3 + 1:
        return None
    return _countries().get(name)


def _folded(text: str) -> str:
    """Reduce a name to what its spellings share: case, accents, umlauts, hyphens."""
    text = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", bare.replace(".", ""))
    return " ".join("und" if word == "and" else place_names.SHORT.get(word, word) for word in words)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    # Imported late: most addresses carry a code, and the tables take 50 ms.
    from babel.core import Locale, get_global  # noqa: PLC0415

    german, english = dict(Locale("de").territories), dict(Locale("en").territories)
    codes = {code for code in german if _ALPHA_2.fullmatch(code)} - _NO_COUNTRIES
    names = {code.casefold(): code for code in codes}
    for plates in (place_names.PLATES, place_names.SPORTS):
        for pair in plates.split():
            sign, code = pair.split("=")
            names[sign.casefold()] = code
    for alias, targets in get_global("territory_aliases").items():
        if len(alias) == _ALPHA_3 and alias.isalpha() and len(targets) == 1 and targets[0] in codes:
            names[alias.casefold()] = targets[0]
    for code in codes:
        for table in (german, english):
            name = str(table[code])
            names[_folded(name)] = code
            names.setdefault(_folded(name.translate(_DROPPED)), code)
    for code, others in place_names.OTHER_NAMES.items():
        for name in others:
            names[_folded(name)] = code
            names.setdefault(_folded(name.translate(_DROPPED)), code)
    return names


_DROPPED = str.maketrans("äöüÄÖÜ", "aouAOU")
"""How umlauts look where somebody had no keys for them: `Osterreich`."""


@lru_cache(maxsize=1024)
def is_state(text: str) -> bool:
    """Whether a text is the name of a federal state of Germany or Austria."""
    return len(text) <= _LONGEST and _folded(text) in _states()


def read_land(text: str, zip_code: str | None) -> tuple[str | None, str | None, bool]:
    """Read `Land`, which is a country or a federal state.

    Args:
        text: As received.
        zip_code: Of the same address: five digits are German, so `BE` is Berlin there.

    Returns:
        Country (as of `country`), state as received, and whether it is clear which one it is.
    """
    if is_state(text):
        return None, text, True
    code = text.upper()
    if code not in _STATE_CODES:
        return country(text), None, True
    if code in _NO_COUNTRY_HERE or (zip_code and _GERMAN_ZIP.fullmatch(zip_code)):
        return None, text, True
    return (country(code), None, True) if zip_code else (None, None, False)


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    return frozenset(map(_folded, place_names.STATES))


@lru_cache(maxsize=1024)
def country_name(code: str) -> str:
    """Give the German name of a country code, as a German letter shows it."""
    from babel.core import Locale  # noqa: PLC0415  (see above)

    return str(Locale("de").territories.get(code, code))


def one_line(parts: dict[str, str | None], lines: list[str]) -> str | None:
    """Write an address in one line, as a German letter would show it.

    The country is named when it is not Germany; the state is not part of an
    address unless there is nothing else.

    Args:
        parts: `city`, `country` (ISO code or as given), `state` and `zip_code`.
        lines: Street and further address lines.
    """
    zip_code, city, land = parts["zip_code"], parts["city"], parts["country"]
    town = f"{zip_code} {city}" if zip_code and city else zip_code or city
    shown = [*lines, town] if town else [*lines]
    if land and (land != "DE" or not shown):
        shown.append(country_name(land))
    return ", ".join(shown) or parts["state"]
