"""Keys and single values: cleaned of what XML, PHP and typing people leave behind, and read."""

from __future__ import annotations

import html
import math
import re
import typing as t
import unicodedata
from functools import lru_cache

import msgspec

from tap_compleetpersy.model.names import is_particles
from tap_compleetpersy.model.times import (
    compile_times,
    date_object_text,
    is_no_time,
    read_month,
)
from tap_compleetpersy.model.wrappers import (
    ATTRIBUTE_KEYS,
    NOTHING,
    copies,
    date_choice,
    elements_of,
    is_comment,
    is_date_object,
    is_lost,
    wrapped,
)

if t.TYPE_CHECKING:
    import zoneinfo
    from collections.abc import Callable, Iterator, Mapping

MAX_DEPTH: t.Final = 48
"""Levels of nesting that are read; no HR record comes near it."""

LARGEST = 2**63 - 1
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNWANTED = re.compile("[\x00\ud800-\udfff]")
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_CLEAN = re.compile("[!-~\xc0-\u017e](?:[ -~\xc0-\u017e]*[!-~\xc0-\u017e])?")
"""Text of Latin letters that are composed, without blanks around: nothing is to be cleaned."""
_INVISIBLE = "\ufeff\u200b\u2060 \t\r\n\u00a0"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SEPARATORS = re.compile(r"[^0-9a-z\u0080-\U0010ffff]+")


@lru_cache(maxsize=8192)
def fold(key: str) -> str:
    """Return what the spellings of a key share.

    Namespace prefix, attribute mark, case, separators and the ways to write an
    umlaut do not matter: `hr:First_Name` is `firstname`, `Geändert` is `geaendert`.
    """
    name = unicodedata.normalize("NFC", key.rsplit(":", 1)[-1]).casefold()
    return _SEPARATORS.sub("", name.translate(_UMLAUTS))


def without_unwanted(text: str) -> str:
    """Return a text without NUL and lone surrogates, which no JSON reader or database accepts."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNWANTED.sub("", text) if _UNWANTED.search(text) else text


def clean_text(text: str) -> str | None:
    """Return a text with entities decoded, accents composed (NFC), trimmed; null when empty.

    A literal CDATA section is taken at its word: entities in it are text.
    """
    if "<![CDATA[" in text and (section := _CDATA.fullmatch(text)):
        text = section[1]
    elif "&" in text and ";" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if text.isascii():
        if "\x00" in text:
            text = text.replace("\x00", "")
        return text.strip() or None
    if _CLEAN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text))
    # Repeated: an invisible mark may hide a blank that `strip` would take.
    while (shorter := text.strip().strip(_INVISIBLE)) != text:
        text = shorter
    return text or None


def number_text(value: float) -> str | None:
    """Return a JSON number as text: integral floats without `.0`, no NaN, no infinity."""
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
    """Return a text field; booleans are no text (PHP says `false` for "none")."""
    if type(value) is str:
        # Most text is plain: one call less for it.
        if value.isascii() and "&" not in value and "<" not in value and "\x00" not in value:
            return value.strip() or None
        return clean_text(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    return None


def clean_value(value: object, room: int = MAX_DEPTH) -> object:
    """Return any JSON value cleaned, deeply, without another meaning.

    Wrappers of XML converters are resolved, lists and times of PHP too, text is cleaned, what is
    empty is null, as is what lies deeper than `room`. Integers beyond 64 bits become text, since
    no warehouse holds them.
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
    """Return one scalar made safe for encoders and databases, else as received."""
    if isinstance(value, str):
        return without_unwanted(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -LARGEST <= value <= LARGEST else number_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None


def _clean_object(value: dict[str, object], room: int) -> object:
    """Return what PHP and converters mean that write it for texts, lists and times."""
    if is_date_object(value) and (time := date_object_text(value)) is not None:
        return time or None
    if is_lost(value):
        return None
    if (text := wrapped(value)) is not NOTHING or (text := date_choice(value)) is not NOTHING:
        return clean_value(text, room)
    if (elements := elements_of(value)) is not None:
        return [clean_value(item, room) for item in elements] or None
    numbered = copies(value)
    return {
        without_unwanted(key): clean_value(item, room)
        for key, item in value.items()
        if not (key in numbered or key in ATTRIBUTE_KEYS or is_comment(key, item))
    }


def dotted(value: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield what is in nested objects under its keys, joined by the dots that Meltano splits at."""
    for key, item in value.items():
        if isinstance(item, dict):
            yield from dotted(item, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", item


def storable_copy(value: object, room: int = MAX_DEPTH) -> object:
    """Return any JSON value as received but for what no encoder or database takes.

    What lies deeper than `room` is null.
    """
    if isinstance(value, dict):
        if not room:
            return None
        return {without_unwanted(k): storable_copy(item, room - 1) for k, item in value.items()}
    if isinstance(value, list):
        return [storable_copy(item, room - 1) for item in value] if room else None
    return storable(value)


def compact_json(value: object) -> str:
    """Return any value as JSON without spaces; see `storable_copy` for what is changed."""
    try:
        text = msgspec.json.encode(value).decode()
    except (RecursionError, UnicodeEncodeError, ValueError):
        pass
    else:
        if "\\u0000" not in text:
            return text
    return msgspec.json.encode(storable_copy(value)).decode()


def text_of(value: object) -> str | None:
    """Return a value as text: strings as received, else compact JSON; null stays null."""
    if not isinstance(value, (dict, list)):
        value = storable(value)
        if value is None or isinstance(value, str):
            return value
    return compact_json(value)


NOT_UNDERSTOOD: t.Final = object()
"""What a reader returns for a value that is there and makes no sense."""
_TRUE = frozenset({"1", "true", "ja", "yes", "j", "y", "wahr", "on"})
_FALSE = frozenset({"0", "false", "nein", "no", "n", "falsch", "off"})

_USUAL: t.Final = {"true": True, "false": False, "1": True, "0": False}


def read_boolean(value: object) -> object:
    """Return a truth value in German, English or PHP's way.

    None for "empty", which is unknown; `NOT_UNDERSTOOD` for anything else.
    """
    if value is True or value is False:
        return value
    if type(value) is str and (known := _USUAL.get(value)) is not None:
        return known
    text = scalar_text(value)
    if text is None:
        return None
    word = text.casefold()
    if word in _TRUE:
        return True
    return False if word in _FALSE else NOT_UNDERSTOOD


def read_id(value: object) -> object:
    """Return an id, which is text: leading zeros count, and 2^53 is no limit.

    None for "empty"; `NOT_UNDERSTOOD` for a float: PHP writes one when an id was too large for
    it, and then it is another id.
    """
    return NOT_UNDERSTOOD if isinstance(value, float) else scalar_text(value)


def read_particles(value: object) -> str | None:
    """Return `von der` or `Graf von`; an academic title or a form of address is none."""
    text = scalar_text(value)
    return text if text is not None and is_particles(text) else None


def compile_readers(zone: zoneinfo.ZoneInfo) -> Mapping[str, Callable[[object], object]]:
    """Return the reader for each name that facts use; times without offset are of the zone."""
    instant = compile_times(zone)

    def read_time(value: object) -> object:
        time = instant(value)
        if time is not None:
            return time
        if type(value) is str and ("<" in value or "&" in value):  # CDATA left as is, entities
            value = scalar_text(value)
            time = instant(value)
        return time if time is not None or is_no_time(value) else NOT_UNDERSTOOD

    def read_start(value: object) -> object:
        time = read_month(value, zone)
        return read_time(value) if time is None else time

    return {
        "text": scalar_text,
        "particles": read_particles,
        "id": read_id,
        "boolean": read_boolean,
        "time": read_time,
        "month": read_start,
    }
