"""A setting: how it is declared, where its value comes from, and how that is read.

A declaration is a dataclass field that knows what it means. Values come from a config, from the
environment or `.env`, from Meltano; the key may have a place of its own.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import os
import re
import typing as t
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from dotenv import dotenv_values, find_dotenv
from typing_extensions import override

from tap_compleetpersy.errors import PersyError

ENVIRONMENT_PREFIX = "TAP_COMPLEETPERSY_"

KEYRING = "keyring:"
"""What `api_key_file` begins with when it names an entry: ``keyring:service/username``."""
_JSON_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "dict": "object",
    "list": "array",
}


class SettingsError(PersyError):
    """Settings are missing, unknown, contradictory or malformed, with a line for each problem.

    A line names its setting and what to do, and never holds a value, since values can be secrets.
    """

    def __init__(self, problems: t.Sequence[str]) -> None:
        """Keep the lines apart; the message joins them."""
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)

    @property
    @override
    def lines(self) -> t.Sequence[str]:
        """The problems."""
        return self.problems


@dataclass(frozen=True, slots=True)
class About:
    """What documentation and checks need to know of a setting, beside its type."""

    help: str
    group: str
    secret: bool = False
    unverified: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: int = 1_000_000_000
    may_be_empty: bool = False
    kind: str | None = None


def setting(default: t.Any, help_: str, group: str, **about: t.Any) -> t.Any:  # noqa: ANN401 - a dataclass field has the type of its annotation
    """Declare a setting: its default, its help, its group, and more of :class:`About`."""
    metadata = {"about": About(help_, group, **about)}
    shown = not about.get("secret", False)
    if isinstance(default, (dict, list)):
        return dataclasses.field(default_factory=default.copy, metadata=metadata, repr=shown)
    return dataclasses.field(default=default, metadata=metadata, repr=shown)


def about(field: dataclasses.Field[t.Any]) -> About:
    """Return what a field of :class:`Settings` carries beside type and default."""
    return t.cast("About", field.metadata["about"])


def default(field: dataclasses.Field[t.Any]) -> t.Any:  # noqa: ANN401 - any setting
    """Return the default of a field of :class:`Settings`."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def json_type(field: dataclasses.Field[t.Any]) -> str:
    """Return the JSON schema type of a field, such as ``string`` or ``integer``."""
    return _JSON_TYPES[str(field.type).split("[")[0].split(" ")[0]]


def item_type(field: dataclasses.Field[t.Any]) -> str:
    """Return the JSON schema type of what a list holds."""
    return _JSON_TYPES.get(str(field.type).partition("[")[2].rstrip("]"), "object")


CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
"""Exclusive; outside of them a time is a mistake."""

_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


def shown(name: object) -> str:
    """Return a name of the configuration for a message: short, without control characters."""
    return CONTROL_CHARACTERS.sub("?", str(name))[:60]


def unknown(what: str, name: object, known: Collection[str]) -> str:
    """Return the line for an unknown setting or key, with the nearest known name."""
    close = difflib.get_close_matches(shown(name), known, n=1)
    return f"{shown(name)}: unknown {what}" + (f", did you mean {close[0]}?" if close else "")


def refuse(message: str) -> t.NoReturn:
    """Raise a `ValueError` that says what a value must be."""
    raise ValueError(message) from None


def refuse_control_characters(text: str) -> None:
    """Raise a `ValueError` for a text that holds some."""
    if CONTROL_CHARACTERS.search(text):
        refuse("must not hold control characters")


def read_values(
    fields: Iterable[dataclasses.Field[t.Any]], config: Mapping[str, t.Any]
) -> tuple[dict[str, t.Any], list[str]]:
    """Return the values that a configuration gives, and one line for each problem."""
    values: dict[str, t.Any] = {}
    problems: list[str] = []
    for field in fields:
        raw = config.get(field.name)
        if not is_given(field, raw):
            continue
        try:
            values[field.name] = read_value(field, raw)
        except ValueError as error:
            problems.append(f"{field.name}: {error}")
    return values, problems


def read_value(field: dataclasses.Field[t.Any], raw: object) -> t.Any:  # noqa: ANN401 - any setting
    """Return a value in the type of its setting; raise what it must be, but never the value."""
    kind = json_type(field)
    if kind == "array" and isinstance(raw, str):
        raw = _split(raw, item_type(field))
    value = _READERS[kind](raw)
    facts = about(field)
    if isinstance(value, str):
        refuse_control_characters(value)
    if facts.choices and value not in facts.choices:
        refuse(f"must be one of {', '.join(facts.choices)}")
    if facts.minimum is not None and value < facts.minimum:
        refuse(f"must be at least {facts.minimum:g}")
    if json_type(field) in {"integer", "number"} and value > facts.maximum:
        refuse(f"must be at most {facts.maximum:,}")
    if facts.kind == "time":
        read_time(value, ZoneInfo("UTC"))
    return value


def is_given(field: dataclasses.Field[t.Any], raw: object) -> bool:
    """Whether a value counts as given: null does not, nor does empty text where it means nothing.

    The environment has text only, so that the JSON text ``null`` is null where JSON is read.
    """
    if isinstance(raw, str) and json_type(field) in {"object", "array"}:
        raw = raw.strip()
        return raw not in {"", "null"}
    return raw is not None and (raw != "" or about(field).may_be_empty)


def _split(text: str, kind: str) -> object:
    """Return the items of a list that is written with commas; JSON is left as it is."""
    if kind == "object" or text.lstrip().startswith(("[", "{")):
        return text
    refuse_control_characters(text)
    items = [item for part in text.split(",") if (item := part.strip())]
    if kind == "integer":
        return [int(item) if item.isdecimal() else item for item in items]
    return items


def _read_string(raw: object) -> str:
    if isinstance(raw, (date, datetime)):
        return raw.isoformat()
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)  # an account or a key that looks like a number
    if not isinstance(raw, str):
        refuse("must be text")
    return raw


def _read_number(raw: object) -> float:
    try:
        # The SDK reads a config file with decimals in place of floats.
        number = float(raw) if isinstance(raw, (int, float, Decimal, str)) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or isinstance(raw, bool) or not abs(number) < float("inf"):
        refuse("must be a number")
    return number


def _read_integer(raw: object) -> int:
    try:
        number = _read_number(raw)
    except ValueError:
        number = 0.5
    if number != int(number):
        refuse("must be a whole number")
    return int(number)


def _read_boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).lower()
    if text not in _TRUE | _FALSE:
        refuse("must be true or false")
    return text in _TRUE


def _read_json(kind: type, name: str, raw: object) -> t.Any:  # noqa: ANN401 - an object or an array
    value = raw
    if isinstance(raw, str):
        try:
            value = json.loads(raw)
        except ValueError:
            value = None
    if not isinstance(value, kind):
        refuse(f"must be a JSON {name}")
    return value


_READERS: Mapping[str, t.Callable[[object], t.Any]] = {
    "string": _read_string,
    "number": _read_number,
    "integer": _read_integer,
    "boolean": _read_boolean,
    "object": functools.partial(_read_json, dict, "object"),
    "array": functools.partial(_read_json, list, "array"),
}


def read_time(text: str, zone: tzinfo) -> datetime:
    """Return an ISO date or time, aware, without an offset in the zone; raise if it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse("must be an ISO date or time, such as 2026-01-31 or 2026-01-31T08:00:00Z")
    if not EARLIEST_YEAR < moment.year < LATEST_YEAR:
        refuse(f"must be after {EARLIEST_YEAR} and before {LATEST_YEAR}")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# --- where values come from ----------------------------------------------------------


def read_environment(names: t.Iterable[str]) -> dict[str, str]:
    """Return the settings of these names in the environment (``TAP_COMPLEETPERSY_<NAME>``).

    What is not there is read from the nearest `.env` file at or above the working directory.
    """
    found = {**dotenv_values(find_dotenv(usecwd=True)), **os.environ}
    values = {name: found.get(ENVIRONMENT_PREFIX + name.upper()) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def read_json_object(option: str, file: t.IO[str]) -> dict[str, t.Any]:
    """Return the JSON object in the file of an option; raise `SettingsError` if it is none."""
    try:
        # Python reads NaN and Infinity, which are not JSON.
        content = json.loads(file.read(), parse_constant=refuse)
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise SettingsError([f"{option}: the file is not a JSON object"])
    return content


def read_json_file(option: str, path: Path) -> dict[str, t.Any]:
    """Return the JSON object in the file that an option names, as `read_json_object` does."""
    try:
        with path.expanduser().open(encoding="utf-8-sig") as file:
            return read_json_object(option, file)
    except OSError as error:
        raise SettingsError([f"{option}: the file cannot be read: {error.strerror}"]) from None


def entry_of(place: str) -> tuple[str, str] | None:
    """Return service and user name of a keyring's entry, or None when one of them is missing."""
    service, _, username = place.removeprefix(KEYRING).rpartition("/")
    return (service, username) if service and username else None


def read_key(place: str) -> str:
    """Return the key at a place that `api_key_file` names, without spaces around it.

    What is wrong with the place is a `ValueError` that shows neither the place nor the key.
    """
    text = _of_keyring(place) if place.startswith(KEYRING) else _of_file(place)
    return text.strip()


def _of_file(place: str) -> str:
    try:
        return Path(place).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read ({type(error).__name__})"
    raise ValueError(message)


def _of_keyring(place: str) -> str:
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        message = "the keyring needs: pip install 'tap-compleetpersy[keyring]'"
        raise ValueError(message) from None
    found: str | None = None
    try:
        if (entry := entry_of(place)) is not None:
            found = keyring.get_password(*entry)
    except Exception as error:  # noqa: BLE001 - backends raise what they like, with any text
        message = f"the keyring cannot be read ({type(error).__name__})"
    else:
        message = "the keyring has no such entry. Add it: keyring set SERVICE USERNAME"
    if not found:
        raise ValueError(message)
    return found
