"""Countries and postal addresses."""

from __future__ import annotations

import re
import typing as t
from functools import lru_cache

_ALPHA_2 = re.compile(r"[A-Za-z]{2}")
_ALPHA_3: t.Final = 3
# Two-letter codes of CLDR that are no countries of ISO 3166.
_NO_COUNTRIES = frozenset({
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ",
})  # fmt: skip
# Usual names that CLDR does not list as such, car codes of the neighbours included.
_OTHER_NAMES: t.Final = {
    "a": "AT",
    "brd": "DE",
    "bundesrepublik deutschland": "DE",
    "czech republic": "CZ",
    "d": "DE",
    "england": "GB",
    "federal republic of germany": "DE",
    "great britain": "GB",
    "großbritannien": "GB",
    "holland": "NL",
    "tschechische republik": "CZ",
    "turkey": "TR",
    "u.s.a.": "US",
    "uk": "GB",
    "vereinigte staaten von amerika": "US",
}


def country(text: str) -> str:
    """Name a country by ISO 3166 alpha-2 where known, else leave it as given.

    German and English names and alpha-3 codes come from the CLDR (`babel`).
    """
    # Upper-case pairs need no table: known or not, they stay.
    if len(text) == 2 and text.isascii() and text.isalpha() and text.isupper():  # noqa: PLR2004
        return "GB" if text == "UK" else text
    return _countries().get(text.casefold(), text)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    # Imported late: most addresses carry a code, and the tables take 50 ms.
    from babel.core import Locale, get_global  # noqa: PLC0415

    german, english = dict(Locale("de").territories), dict(Locale("en").territories)
    codes = {code for code in german if _ALPHA_2.fullmatch(code)} - _NO_COUNTRIES
    names = {code.casefold(): code for code in codes}
    for alias, targets in get_global("territory_aliases").items():
        if len(alias) == _ALPHA_3 and alias.isalpha() and len(targets) == 1:
            names[alias.casefold()] = targets[0]
    for code in codes:
        for table in (german, english):
            names[str(table[code]).casefold()] = code
    return names | {name.casefold(): code for name, code in _OTHER_NAMES.items()}


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
