"""Definitions of `extra_streams`: other GET endpoints of the API, each as a stream."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from tap_compleetpersy.settings.declaration import (
    CONTROL_CHARACTERS,
    about,
    default,
    read_value,
    refuse,
    refuse_control_characters,
    unknown,
)

OVERRIDABLE = (
    *("records_path", "pagination", "page_param", "page_size_param", "first_page", "page_size"),
    *("offset_param", "cursor_param", "next_cursor_path", "next_link_path", "past_end_statuses"),
    *("modified_since_param", "modified_until_param", "date_format", "time_zone"),
    *("request_timeout", "max_retries"),
)
"""Settings that a definition may have of its own, under the same names."""

CANDIDATE_ID = "{candidate_id}"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DECODINGS = 5


@dataclass(frozen=True, slots=True)
class ExtraStream:
    """One definition, read and checked.

    Attributes:
        place: Where it is defined, for messages: ``extra_streams[0]``.
        path: Below `api_url`; of a child of candidates with ``{candidate_id}``.
        primary_keys: Fields that are the key; without any, records are only appended.
        replication_key: Field that says what is new; None: everything is read each run.
        overrides: Settings of its own, by name.
    """

    place: str
    name: str
    path: str
    primary_keys: tuple[str, ...] = ()
    replication_key: str | None = None
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    overrides: Mapping[str, t.Any] = field(default_factory=dict, repr=False)

    @property
    def is_child(self) -> bool:
        """Whether there is an endpoint for each candidate."""
        return CANDIDATE_ID in self.path


def child_paths(fields: Iterable[dataclasses.Field[t.Any]]) -> list[str]:
    """Return the names of settings that hold the path of a list which each candidate has."""
    return [field.name for field in fields if CANDIDATE_ID in str(default(field))]


def _own_streams(declared: Mapping[str, dataclasses.Field[t.Any]]) -> set[str]:
    """Return the names of the tap's own streams."""
    paths = child_paths(declared.values())
    children = {f"candidate_{name.removesuffix('_path')}" for name in paths}
    return {"candidates", "jobs", "applications"} | children


def stays_below(path: str) -> bool:
    """Whether a path leads nowhere but below `api_url`, however often it is decoded."""
    if not path.startswith("/"):
        return False
    for _ in range(_DECODINGS):
        segments = path.split("/")[1:]
        if path.startswith("//") or not {".", ".."}.isdisjoint(segments) or "" in segments[:-1]:
            return False
        if "\\" in path or CONTROL_CHARACTERS.search(path):
            return False
        decoded = unquote(path)
        if decoded == path:
            return True
        path = decoded
    return False


def read_extra_streams(
    given: Sequence[object], declared: Mapping[str, dataclasses.Field[t.Any]]
) -> tuple[list[ExtraStream], list[str]]:
    """Return the definitions, and one line for each problem.

    A line names the place and the key, and never holds a value. Overrides are read as the settings
    are that are declared, by name.
    """
    streams: list[ExtraStream] = []
    problems: list[str] = []
    names: dict[str, str] = {}
    for number, item in enumerate(given):
        place = f"extra_streams[{number}]"
        if not isinstance(item, Mapping):
            problems.append(f"{place}: must be an object")
            continue
        values, found = _read_definition(item, declared)
        stream = ExtraStream(place=place, **values)
        problems += [f"{place}.{problem}" for problem in found]
        if stream.name in names:
            problems.append(f"{place}.name: {names[stream.name]} has this name already")
        elif stream.name:
            names[stream.name] = place
        streams.append(stream)
    return streams, problems


def _read_definition(
    given: Mapping[str, object], declared: Mapping[str, dataclasses.Field[t.Any]]
) -> tuple[dict[str, t.Any], list[str]]:
    """Return the parts of a definition that can be read, and what is wrong with the others."""
    known = (*_READERS, *OVERRIDABLE)
    problems = [unknown("key", key, known) for key in given if key not in known]
    values: dict[str, t.Any] = {"name": "", "path": ""}
    overrides: dict[str, t.Any] = {}
    for key in known:
        raw, field = given.get(key), declared.get(key)
        if key in values and raw in (None, ""):
            problems.append(f"{key}: missing")
        if raw is None or (key in values and raw == ""):
            continue
        try:
            if field is None:
                values[key] = _READERS[key](raw)
            elif raw != "" or about(field).may_be_empty:
                overrides[key] = read_value(field, raw)
            elif default(field) is None:
                # Empty means unset, where that is different from the tap's own setting.
                overrides[key] = None
        except ValueError as error:
            problems.append(f"{key}: {error}")
    if values["name"] in _own_streams(declared):
        problems.append("name: must not be the name of one of the tap's own streams")
        values["name"] = ""
    return {**values, "overrides": overrides}, problems


def _read_text(raw: object) -> str:
    if not isinstance(raw, str):
        refuse("must be text")
    refuse_control_characters(raw)
    return raw


def _read_name(raw: object) -> str:
    name = _read_text(raw)
    if not _NAME.fullmatch(name):
        refuse("must be small letters, digits and underscores, and start with a letter")
    return name


def _read_path(raw: object) -> str:
    path = _read_text(raw)
    if "{" in (rest := unquote(path.replace(CANDIDATE_ID, ""))) or "}" in rest:
        refuse(f"must not have braces other than {CANDIDATE_ID}")
    if "?" in path or "#" in path:
        refuse("must be without query and fragment; parameters belong into params")
    if not stays_below(path) or ".." in unquote(path):
        refuse("must be a path below api_url that starts with one slash")
    return path


def _read_keys(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(key, str) and key for key in raw):
        refuse("must be a list of texts")
    if len(set(raw)) != len(raw):
        refuse("must not hold a field twice")
    return tuple(_read_text(key) for key in raw)


def _read_params(raw: object) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        refuse("must be an object of texts, numbers and booleans")
    return {
        _read_text(name): _read_param(value) for name, value in raw.items() if value is not None
    }


def _read_param(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float, Decimal)):
        refuse("must be an object of texts, numbers and booleans")
    return _read_text(str(value))


_READERS: Mapping[str, Callable[[object], t.Any]] = {
    "name": _read_name,
    "path": _read_path,
    "primary_keys": _read_keys,
    "replication_key": lambda raw: _read_text(raw) or None,
    "params": _read_params,
}
"""What only a definition has; name and path are required."""
