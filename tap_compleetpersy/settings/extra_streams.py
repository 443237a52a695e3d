"""Definitions of `extra_streams`: other GET endpoints of the API, each as a stream."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from tap_compleetpersy.settings.declaration import CONTROL_CHARACTERS, about, default, read_value

OVERRIDABLE = (
    "records_path",
    "pagination",
    "page_param",
    "page_size_param",
    "first_page",
    "page_size",
    "offset_param",
    "cursor_param",
    "next_cursor_path",
    "next_link_path",
    "past_end_statuses",
    "modified_since_param",
    "modified_until_param",
    "date_format",
    "time_zone",
    "request_timeout",
    "max_retries",
)
"""Settings that a definition may have of its own, under the same names."""

CANDIDATE_ID = "{candidate_id}"

_OWN = ("name", "path", "primary_keys", "replication_key", "params")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DECODINGS = 5
_T = t.TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ExtraStream:
    """One definition, read and checked.

    Attributes:
        place: Where it is defined, for messages: ``extra_streams[0]``.
        name: Of the stream.
        path: Below `api_url`; of a child of candidates with ``{candidate_id}``.
        primary_keys: Fields that are the key; without any, records are only appended.
        replication_key: Field that says what is new; None: everything is read each run.
        params: Query parameters of every request.
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


def child_paths(declared: Mapping[str, dataclasses.Field[t.Any]]) -> list[str]:
    """Return the names of settings that hold the path of a list which each candidate has."""
    return [name for name, field in declared.items() if CANDIDATE_ID in str(default(field))]


def _own_streams(declared: Mapping[str, dataclasses.Field[t.Any]]) -> set[str]:
    """Return the names of the tap's own streams."""
    children = {f"candidate_{name.removesuffix('_path')}" for name in child_paths(declared)}
    return {"candidates", "jobs", "applications"} | children


def stays_below(path: str) -> bool:
    """Return whether a path leads nowhere but below `api_url`, however often it is decoded."""
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
    """Read the definitions.

    Args:
        given: The value of the setting.
        declared: Declarations of all settings, by name: overrides are read as these are.

    Returns:
        The definitions, and one line for each problem. A line names the place and the key,
        and never holds a value.
    """
    streams: list[ExtraStream] = []
    problems: list[str] = []
    names: dict[str, str] = {}
    for number, item in enumerate(given):
        place = f"extra_streams[{number}]"
        if not isinstance(item, Mapping):
            problems.append(f"{place}: must be an object")
            continue
        definition = _Definition(place, item, problems)
        stream = definition.read(declared)
        if stream.name in names:
            problems.append(f"{place}.name: {names[stream.name]} has this name already")
        elif stream.name:
            names[stream.name] = place
        streams.append(stream)
    return streams, problems


@dataclass(frozen=True, slots=True)
class _Definition:
    """One item of the setting while it is read."""

    place: str
    given: Mapping[str, object]
    problems: list[str]

    def read(self, declared: Mapping[str, dataclasses.Field[t.Any]]) -> ExtraStream:
        """Read the item; what cannot be read is told and has its default."""
        known = (*_OWN, *OVERRIDABLE)
        for key in self.given:
            if key not in known:
                self.problems.append(f"{self.place}.{_shown(key, known)}")
        return ExtraStream(
            place=self.place,
            name=self._take(
                "name",
                functools.partial(_read_name, reserved=_own_streams(declared)),
                "",
                required=True,
            ),
            path=self._take("path", _read_path, "", required=True),
            primary_keys=self._take("primary_keys", _read_keys, ()),
            replication_key=self._take("replication_key", _read_text, None) or None,
            params=self._take("params", _read_params, {}),
            overrides=self._overrides(declared),
        )

    def _take(
        self, key: str, read: Callable[[object], _T], otherwise: _T, *, required: bool = False
    ) -> _T:
        raw = self.given.get(key)
        if raw is None or (raw == "" and required):
            if required:
                self.problems.append(f"{self.place}.{key}: missing")
            return otherwise
        try:
            return read(raw)
        except ValueError as error:
            self.problems.append(f"{self.place}.{key}: {error}")
            return otherwise

    def _overrides(self, declared: Mapping[str, dataclasses.Field[t.Any]]) -> dict[str, t.Any]:
        values: dict[str, t.Any] = {}
        for name in OVERRIDABLE:
            raw, setting = self.given.get(name), declared[name]
            if raw is None:
                continue
            if raw == "" and not about(setting).may_be_empty:
                # Empty means unset, where that is different from the tap's own setting.
                if default(setting) is None:
                    values[name] = None
                continue
            try:
                values[name] = read_value(setting, raw)
            except ValueError as error:
                self.problems.append(f"{self.place}.{name}: {error}")
        return values


def _shown(key: object, known: Sequence[str]) -> str:
    text = CONTROL_CHARACTERS.sub("?", str(key))[:60]
    close = difflib.get_close_matches(text, known, n=1)
    return f"{text}: unknown key" + (f", did you mean {close[0]}?" if close else "")


def _refuse(message: str) -> t.NoReturn:
    raise ValueError(message)


def _read_text(raw: object) -> str:
    if not isinstance(raw, str):
        _refuse("must be text")
    if CONTROL_CHARACTERS.search(raw):
        _refuse("must not hold control characters")
    return raw


def _read_name(raw: object, reserved: Collection[str]) -> str:
    name = _read_text(raw)
    if not _NAME.fullmatch(name):
        _refuse("must be small letters, digits and underscores, and start with a letter")
    if name in reserved:
        _refuse("must not be the name of one of the tap's own streams")
    return name


def _read_path(raw: object) -> str:
    path = _read_text(raw)
    if "{" in (rest := unquote(path.replace(CANDIDATE_ID, ""))) or "}" in rest:
        _refuse(f"must not have braces other than {CANDIDATE_ID}")
    if "?" in path or "#" in path:
        _refuse("must be without query and fragment; parameters belong into params")
    if not stays_below(path) or ".." in unquote(path):
        _refuse("must be a path below api_url that starts with one slash")
    return path


def _read_keys(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(key, str) and key for key in raw):
        _refuse("must be a list of texts")
    if len(set(raw)) != len(raw):
        _refuse("must not hold a field twice")
    return tuple(_read_text(key) for key in raw)


def _read_params(raw: object) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        _refuse("must be an object of texts, numbers and booleans")
    return {
        _read_text(name): _read_param(value) for name, value in raw.items() if value is not None
    }


def _read_param(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float, Decimal)):
        _refuse("must be an object of texts, numbers and booleans")
    return _read_text(str(value))
