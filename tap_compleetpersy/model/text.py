"""Cleaning of keys and values that XML, PHP and typing people leave behind."""

from __future__ import annotations

import html
import math
import re
import typing as t
import unicodedata
from functools import lru_cache

import msgspec

MAX_DEPTH: t.Final = 48
"""Levels of nesting that are read; no HR record comes near it."""

TEXT_KEYS: t.Final = frozenset({
    "#text", "#cdata", "#cdata-section", "$", "$t", "_", "_text", "__text", "__cdata", "@value",
})  # fmt: skip
"""Keys under which converters from XML put the text of an element."""

ATTRIBUTE_KEYS: t.Final = frozenset({"@attributes", "@attr", "_attributes"})
"""Keys under which converters from XML put all attributes of an element."""

_LARGEST = 2**63 - 1
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNWANTED = re.compile("[\x00\ud800-\udfff]")
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_INVISIBLE = "\ufeff\u200b\u2060 \t\r\n\u00a0"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SEPARATORS = re.compile(r"[^0-9a-z\u0080-\U0010ffff]+")


@lru_cache(maxsize=8192)
def fold(key: str) -> str:
    """Reduce a key to what its spellings share.

    Namespace prefix, attribute mark, case, separators and the ways to write an
    umlaut do not matter: `hr:First_Name` is `firstname`, `Geändert` is `geaendert`.
    """
    name = unicodedata.normalize("NFC", key.rsplit(":", 1)[-1]).casefold()
    return _SEPARATORS.sub("", name.translate(_UMLAUTS))


def without_unwanted(text: str) -> str:
    """Remove NUL and lone surrogates, which no JSON reader or database accepts."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNWANTED.sub("", text) if _UNWANTED.search(text) else text


def clean_text(text: str) -> str | None:
    """Decode entities, compose accents (NFC) and trim; empty text is null.

    A literal CDATA section is taken at its word: entities in it are text.
    """
    if "&" in text or "<![CDATA[" in text:
        section = _CDATA.fullmatch(text)
        text = section[1] if section else _ENTITY.sub(_decoded, text)
    if text.isascii():
        if "\x00" in text:
            text = text.replace("\x00", "")
        return text.strip() or None
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text))
    # Repeated: an invisible mark may hide a blank that `strip` would take.
    while (shorter := text.strip().strip(_INVISIBLE)) != text:
        text = shorter
    return text or None


def _decoded(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def number_text(value: float) -> str | None:
    """Write a JSON number as text: integral floats without `.0`, no NaN, no infinity."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if not value.is_integer():
            return repr(value)
        value = int(value)
    try:
        return str(value)
    except ValueError:  # thousands of digits: Python refuses to write them
        return None


def scalar_text(value: object) -> str | None:
    """Read a text field; booleans are no text (PHP says `false` for "none")."""
    if type(value) is str:
        # Most text is plain: one call less for it.
        if value.isascii() and "&" not in value and "<" not in value and "\x00" not in value:
            return value.strip() or None
        return clean_text(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    return None


def clean_value(value: object, room: int = MAX_DEPTH) -> object:
    """Clean any JSON value, deeply, without giving it another meaning.

    Wrappers of XML converters are resolved, text is cleaned, what is empty is
    null. Integers beyond 64 bits become text, since no warehouse holds them.

    Args:
        value: A decoded JSON value.
        room: Levels left; what lies deeper is null.

    Returns:
        A value that every JSON encoder accepts.
    """
    if isinstance(value, str):
        # As in `scalar_text`: one call less for plain text.
        if value.isascii() and "&" not in value and "<" not in value and "\x00" not in value:
            return value.strip() or None
        return clean_text(value)
    if isinstance(value, dict):
        return _clean_object(value, room - 1) if room else None
    if isinstance(value, list):
        return [clean_value(item, room - 1) for item in value] or None if room else None
    return storable(value)


def storable(value: object) -> object:
    """Make one scalar safe for encoders and databases, else leave it as received."""
    if isinstance(value, str):
        return without_unwanted(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value <= _LARGEST else number_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None


def _clean_object(value: dict[str, object], room: int) -> object:
    if wraps_text(value):
        text = next(value[key] for key in value if key in TEXT_KEYS or key == "0")
        return clean_value(text, room)
    if all(key.startswith("@") for key in value):
        return None
    return {
        without_unwanted(key): clean_value(item, room)
        for key, item in value.items()
        if key not in ATTRIBUTE_KEYS
    }


def wraps_text(value: dict[str, object]) -> bool:
    """Tell whether an object is the text of an element with attributes at most.

    `SimpleXML` puts the text under `"0"`, beside `@attributes`.
    """
    texts = 0
    for key in value:
        if key in TEXT_KEYS or (key == "0" and "@attributes" in value):
            texts += 1
        elif not key.startswith("@") and key not in ATTRIBUTE_KEYS:
            return False
    return texts == 1


def storable_copy(value: object, room: int = MAX_DEPTH) -> object:
    """Copy any JSON value, as received but for what no encoder or database takes.

    Args:
        value: A decoded JSON value.
        room: Levels left; what lies deeper is null.
    """
    if isinstance(value, dict):
        if not room:
            return None
        return {without_unwanted(k): storable_copy(item, room - 1) for k, item in value.items()}
    if isinstance(value, list):
        return [storable_copy(item, room - 1) for item in value] if room else None
    return storable(value)


def compact_json(value: object) -> str:
    """Write any value as JSON without spaces; see `storable_copy` for what is changed."""
    try:
        text = msgspec.json.encode(value).decode()
    except (RecursionError, UnicodeEncodeError, ValueError):
        pass
    else:
        if "\\u0000" not in text:
            return text
    return msgspec.json.encode(storable_copy(value)).decode()


def text_of(value: object) -> str | None:
    """Write a value as text: strings as received, else compact JSON; null stays null."""
    if not isinstance(value, (dict, list)):
        value = storable(value)
        if value is None or isinstance(value, str):
            return value
    return compact_json(value)
