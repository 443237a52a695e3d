"""Every setting of the tap, once: name, type, default, help and checks.

The JSON schema of ``--about``, ``meltano.yml``, the README's table and
``.env.example`` are made from the fields of :class:`Settings`. The meaning of
each setting is the public contract; what the defaults assume about the API is
marked ``unverified``, because the vendor's documentation is not public.
"""

# ruff: noqa: RUF009 - every default below is a dataclass field, made by _setting

from __future__ import annotations

import dataclasses
import difflib
import ipaddress
import json
import os
import re
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values, find_dotenv

ENVIRONMENT_PREFIX = "TAP_COMPLEETPERSY_"
OUTCOMES = ("PENDING", "HIRED", "DECLINED")

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


class SettingsError(Exception):
    """One or more settings are missing, unknown, contradictory or malformed.

    Attributes:
        problems: One line for each problem; a line names its setting and what
            to do, and never holds a value, since values can be secrets.
    """

    def __init__(self, problems: t.Sequence[str]) -> None:
        """Keep the lines apart; the message joins them."""
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class About:
    """What documentation and checks need to know of a setting, beside its type."""

    help: str
    group: str
    secret: bool = False
    unverified: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    may_be_empty: bool = False
    kind: str | None = None
    later: bool = False


def _setting(default: t.Any, help_: str, group: str, **about: t.Any) -> t.Any:  # noqa: ANN401 - a dataclass field has the type of its annotation
    metadata = {"about": About(help_, group, **about)}
    if isinstance(default, (dict, list)):
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(
        default=default, metadata=metadata, repr=not about.get("secret", False)
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one run, read and checked.

    Times are texts here; :meth:`instant` reads them in :attr:`time_zone`.
    """

    api_key: str | None = _setting(
        None,
        "Credential of one Persy tenant. Required, unless `api_key_file` is given.",
        "access",
        secret=True,
    )
    api_key_file: str | None = _setting(
        None,
        "File that holds the key, instead of `api_key`.",
        "access",
    )
    api_url: str = _setting(
        "https://www.germanpersonnel.de/persy/api/v1",
        "Base URL of the API. https only; plain http only to a loopback host.",
        "access",
    )
    auth_method: str = _setting(
        "bearer",
        "How the key is sent: `bearer` (Authorization), `header` (`auth_header`) or "
        "`basic` (`username` and the key).",
        "access",
        unverified=True,
        choices=("bearer", "header", "basic"),
    )
    auth_header: str = _setting(
        "X-API-Key",
        "Header that carries the key with `auth_method: header`.",
        "access",
        unverified=True,
    )
    username: str | None = _setting(None, "User name with `auth_method: basic`.", "access")
    user_agent: str | None = _setting(
        None, "User-Agent of every request; the default is name/version.", "access"
    )
    ca_bundle: str | None = _setting(
        None,
        "File with the certificates of a private authority. Verification cannot be switched off.",
        "access",
    )
    account: str | None = _setting(
        None,
        "Label of the tenant. Part of every generated `id`, so that several tenants "
        "can share tables.",
        "access",
    )
    candidates_path: str = _setting(
        "/candidates",
        "Path of the list of candidates below `api_url`.",
        "wire",
        unverified=True,
    )
    records_path: str | None = _setting(
        None,
        "Dotted path of the records in an answer, such as `payload.items`; found "
        "automatically when unset.",
        "wire",
        unverified=True,
    )
    pagination: str = _setting(
        "page",
        "How the list is paged: `page`, `offset`, `cursor`, `link` (RFC 8288) or `none`.",
        "wire",
        unverified=True,
        choices=("page", "offset", "cursor", "link", "none"),
    )
    page_param: str = _setting(
        "page", "Query parameter of the page number.", "wire", unverified=True
    )
    page_size_param: str = _setting(
        "per_page",
        "Query parameter of the page size; empty: not sent.",
        "wire",
        unverified=True,
        may_be_empty=True,
    )
    first_page: int = _setting(1, "Number of the first page.", "wire", unverified=True, minimum=0)
    page_size: int = _setting(
        100, "Records asked for in a page.", "wire", unverified=True, minimum=1
    )
    offset_param: str = _setting(
        "offset",
        "Query parameter of the offset with `pagination: offset`.",
        "wire",
        unverified=True,
    )
    cursor_param: str = _setting(
        "cursor",
        "Query parameter of the cursor with `pagination: cursor`.",
        "wire",
        unverified=True,
    )
    next_cursor_path: str = _setting(
        "meta.next_cursor",
        "Dotted path of the next cursor in an answer.",
        "wire",
        unverified=True,
    )
    modified_since_param: str = _setting(
        "modified_since",
        "Query parameter of the lower bound (inclusive) on the updated time; empty: "
        "the server has no filter and the tap filters.",
        "wire",
        unverified=True,
        may_be_empty=True,
    )
    modified_until_param: str | None = _setting(
        None,
        "Query parameter of the upper bound on the updated time, if the server has one.",
        "wire",
        unverified=True,
    )
    date_format: str = _setting(
        "YYYY-MM-DDTHH:mm:ss[Z]",
        "Format of these bounds, in pendulum tokens; sent in UTC, or in `time_zone` "
        "when the format has no zone.",
        "wire",
        unverified=True,
    )
    time_zone: str = _setting(
        "Europe/Berlin",
        "Time zone of times without an offset.",
        "wire",
        unverified=True,
    )
    field_paths: dict[str, t.Any] = _setting(
        {},
        "Extra paths in the remote record for a field of the model, tried first: "
        '`{"company": "Profil.Firma"}`. Dotted and nested keys mean the same.',
        "wire",
    )
    outcomes: dict[str, t.Any] = _setting(
        {},
        "Outcome of a remote status (the whole text, any case): `PENDING`, `HIRED` "
        "or `DECLINED`. Wins over the built-in words.",
        "wire",
    )
    exclude_fields: list[str] = _setting(
        [],
        "Exact remote keys that never leave, whatever the catalog says.",
        "privacy",
    )
    include_remote_data: bool = _setting(
        False,  # noqa: FBT003 - the default of the setting
        "Fill `remote_data` with the record as received.",
        "privacy",
    )
    cutoff_date: str | None = _setting(
        None,
        "Data minimisation: candidates last updated before this date are never "
        "emitted, and not fetched where the server filters.",
        "privacy",
        kind="time",
    )
    cutoff_days: float | None = _setting(
        None,
        "The same as a rolling number of days.",
        "privacy",
        minimum=0,
    )
    start_date: str | None = _setting(None, "Lower bound of the first sync.", "sync", kind="time")
    end_date: str | None = _setting(
        None,
        "Upper bound (exclusive): a backfill window. Never moves the bookmark past "
        "itself; finds no deletions.",
        "sync",
        kind="time",
    )
    window_days: float | None = _setting(
        None,
        "Slice a long pull into windows of so many days, each of which commits its "
        "bookmark. Needs `modified_until_param`.",
        "sync",
        minimum=0.01,
    )
    lookback_seconds: int = _setting(
        3600,
        "Overlap of two delta syncs, for late and boundary writes.",
        "sync",
        minimum=0,
    )
    full_sync_hours: float = _setting(
        24,
        "When the last complete pass is older, this run is one: it reads everything "
        "and finds deletions. 0: never.",
        "sync",
        minimum=0,
    )
    deletion_limit_percent: float = _setting(
        20,
        "A complete pass that would delete more of the known candidates than this "
        "deletes nothing and exits with 1 (10 always pass). 100 for one run approves.",
        "sync",
        minimum=0,
    )
    discovery_sample_size: int = _setting(
        1000, "Candidates read to find custom fields.", "sync", minimum=0
    )
    attachments_path: str = _setting(
        "/candidates/{candidate_id}/attachments",
        "Path of a candidate's attachments.",
        "attachments",
        unverified=True,
    )
    attachments_dir: str | None = _setting(
        None,
        "Folder (or fsspec URL) for the content of attachments.",
        "attachments",
        later=True,
    )
    attachment_max_mb: float = _setting(
        50, "Larger attachments are not downloaded.", "attachments", minimum=0
    )
    extra_streams: list[t.Any] = _setting(
        [],
        "Other GET endpoints as streams: `name`, `path`, `records_path`, "
        "`primary_keys`, `replication_key`, `params`.",
        "attachments",
        later=True,
    )
    request_timeout: float = _setting(
        60, "Seconds to wait for an answer to a request.", "network", minimum=0.001
    )
    max_retries: int = _setting(6, "Tries of a request after the first.", "network", minimum=0)
    prefetch_pages: int = _setting(
        1, "Pages read ahead while one is processed.", "network", minimum=0
    )
    requests_per_second: float | None = _setting(
        None, "Ceiling of the request rate, for shared hosts.", "network", minimum=0.001
    )

    @classmethod
    def read(cls, config: Mapping[str, t.Any]) -> Settings:
        """Read and check a configuration.

        Args:
            config: Setting name to value, as a config file, the environment or
                Meltano gives it. A null or (where that means nothing) empty value
                counts as not given; numbers and booleans may be text.

        Returns:
            The settings, complete and consistent but for the key itself: use
            :meth:`require_api_key` before the first request.

        Raises:
            SettingsError: With one line for each problem found.
        """
        known = {field.name: field for field in dataclasses.fields(cls)}
        problems = [_unknown(name, known) for name in config if name not in known]
        values: dict[str, t.Any] = {}
        for name, field in known.items():
            raw = config.get(name)
            if raw is None or (raw == "" and not about(field).may_be_empty):
                continue
            try:
                values[name] = _read_value(field, raw)
            except ValueError as error:
                problems.append(f"{name}: {error}")
        if problems:
            raise SettingsError(problems)
        settings = cls(**values)
        if problems := list(_inconsistencies(settings)):
            raise SettingsError(problems)
        return settings

    def require_api_key(self) -> str:
        """Answer the key, from `api_key` or the first line of `api_key_file`.

        Raises:
            SettingsError: When there is none, or it cannot be sent in a header.
        """
        key = self.api_key
        if key is None and self.api_key_file is not None:
            try:
                text = Path(self.api_key_file).expanduser().read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                message = f"api_key_file: cannot be read ({type(error).__name__})"
                raise SettingsError([message]) from None
            key = text.strip()
        if not key:
            message = (
                "api_key: missing. Set it in the config file, or in the environment "
                f"as {ENVIRONMENT_PREFIX}API_KEY, or name a file in api_key_file"
            )
            raise SettingsError([message])
        if _CONTROL_CHARACTERS.search(key):
            raise SettingsError(["api_key_file: holds more than one line of text"])
        return key

    @property
    def has_api_key(self) -> bool:
        """Tell whether a key is configured, without reading it."""
        return self.api_key is not None or self.api_key_file is not None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of :attr:`time_zone`."""
        return ZoneInfo(self.time_zone)

    def instant(self, name: t.Literal["start_date", "end_date", "cutoff_date"]) -> datetime | None:
        """Answer a time setting as an aware datetime; naive text is in the zone."""
        text = getattr(self, name)
        return None if text is None else _read_time(text, self.zone)


def read_environment(names: t.Iterable[str]) -> dict[str, str]:
    """Answer the settings that the environment, or else a `.env` file, holds.

    Args:
        names: Settings to look for, as ``TAP_COMPLEETPERSY_<NAME>``.

    Returns:
        Setting name to text. The `.env` file is the nearest one at or above the
        working directory.
    """
    found = {**dotenv_values(find_dotenv(usecwd=True)), **os.environ}
    values = {name: found.get(ENVIRONMENT_PREFIX + name.upper()) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def about(field: dataclasses.Field[t.Any]) -> About:
    """Answer what a field of :class:`Settings` carries beside type and default."""
    return t.cast("About", field.metadata["about"])


def default(field: dataclasses.Field[t.Any]) -> t.Any:  # noqa: ANN401 - any setting
    """Answer the default of a field of :class:`Settings`."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


_JSON_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "dict": "object",
    "list": "array",
}


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def json_type(field: dataclasses.Field[t.Any]) -> str:
    """Answer the JSON schema type of a field, such as ``string`` or ``integer``."""
    return _JSON_TYPES[str(field.type).split("[")[0].split(" ")[0]]


def config_jsonschema() -> dict[str, t.Any]:
    """Describe all settings as the JSON schema that the SDK shows in ``--about``."""
    properties: dict[str, t.Any] = {}
    for field in dataclasses.fields(Settings):
        facts = about(field)
        schema: dict[str, t.Any] = {
            "type": [json_type(field), "null"],
            "description": facts.help,
        }
        if json_type(field) == "array":
            schema["items"] = {} if field.name == "extra_streams" else {"type": "string"}
        if facts.choices:
            schema["enum"] = [*facts.choices, None]
        if facts.secret:
            schema |= {"secret": True, "writeOnly": True}
        if default(field) is not None:
            schema["default"] = default(field)
        properties[field.name] = schema
    return {"type": "object", "properties": properties}


def _unknown(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    shown = _CONTROL_CHARACTERS.sub("?", name)[:60]
    return f"{shown}: unknown setting" + (f", did you mean {close[0]}?" if close else "")


def _read_value(field: dataclasses.Field[t.Any], raw: object) -> t.Any:  # noqa: ANN401 - any setting
    value = _READERS[json_type(field)](raw)
    facts = about(field)
    if facts.later and value:
        message = "not available in this release"
        raise ValueError(message)
    if isinstance(value, str) and _CONTROL_CHARACTERS.search(value):
        message = "must not hold control characters"
        raise ValueError(message)
    if facts.choices and value not in facts.choices:
        message = f"must be one of {', '.join(facts.choices)}"
        raise ValueError(message)
    if facts.minimum is not None and value < facts.minimum:
        message = f"must be at least {facts.minimum:g}"
        raise ValueError(message)
    if facts.kind == "time":
        _read_time(value, ZoneInfo("UTC"))
    return value


def _read_string(raw: object) -> str:
    if isinstance(raw, (date, datetime)):
        return raw.isoformat()
    if not isinstance(raw, str):
        message = "must be text"
        raise ValueError(message)  # noqa: TRY004 - a bad setting, collected with others
    return raw


def _read_number(raw: object) -> float:
    try:
        # The SDK reads a config file with decimals in place of floats.
        number = float(raw) if isinstance(raw, (int, float, Decimal, str)) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or isinstance(raw, bool) or not abs(number) < float("inf"):
        message = "must be a number"
        raise ValueError(message)
    return number


def _read_integer(raw: object) -> int:
    try:
        number = _read_number(raw)
    except ValueError:
        number = 0.5
    if number != int(number):
        message = "must be a whole number"
        raise ValueError(message)
    return int(number)


def _read_boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).lower()
    if text not in _TRUE | _FALSE:
        message = "must be true or false"
        raise ValueError(message)
    return text in _TRUE


def _read_json(kind: type, name: str) -> t.Callable[[object], t.Any]:
    def read(raw: object) -> t.Any:  # noqa: ANN401 - an object or an array
        value = raw
        if isinstance(raw, str):
            try:
                value = json.loads(raw)
            except ValueError:
                value = None
        if not isinstance(value, kind):
            message = f"must be a JSON {name}"
            raise ValueError(message)  # noqa: TRY004 - a bad setting
        return value

    return read


_READERS: Mapping[str, t.Callable[[object], t.Any]] = {
    "string": _read_string,
    "number": _read_number,
    "integer": _read_integer,
    "boolean": _read_boolean,
    "object": _read_json(dict, "object"),
    "array": _read_json(list, "array"),
}


def _read_time(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = "must be an ISO date or time, such as 2026-01-31 or 2026-01-31T08:00:00Z"
        raise ValueError(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _inconsistencies(settings: Settings) -> t.Iterator[str]:
    yield from _access_problems(settings)
    yield from _wire_problems(settings)
    yield from _time_problems(settings)
    for status, outcome in settings.outcomes.items():
        if not status.strip() or outcome not in OUTCOMES:
            yield f"outcomes: every value must be one of {', '.join(OUTCOMES)}"
            break
    if not all(isinstance(key, str) for key in settings.exclude_fields):
        yield "exclude_fields: must be a list of texts"


def _access_problems(settings: Settings) -> t.Iterator[str]:
    if settings.api_key is not None and settings.api_key_file is not None:
        yield "api_key and api_key_file: contradictory, set only one of them"
    yield from _url_problems(settings.api_url)
    if settings.auth_method == "basic" and settings.username is None:
        yield "username: required with auth_method basic"
    if not _HEADER_NAME.fullmatch(settings.auth_header):
        yield "auth_header: is not the name of a header"
    for name in ("api_key", "user_agent"):
        value = getattr(settings, name)
        if value is not None and not value.isascii():
            yield f"{name}: must be ASCII, since it is sent in a header"
    for name in ("ca_bundle", "api_key_file"):
        path = getattr(settings, name)
        if path is not None and not Path(path).expanduser().is_file():
            yield f"{name}: there is no such file"


def _url_problems(url: str) -> t.Iterator[str]:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        yield "api_url: is not a URL"
        return
    if not host or parts.scheme not in {"http", "https"}:
        yield "api_url: must be a URL that starts with https://"
    elif parts.scheme == "http" and not is_loopback(host):
        yield "api_url: must be https; plain http is for a loopback host only"
    if parts.username is not None or parts.password is not None:
        yield "api_url: must not hold credentials, use api_key"
    if parts.query or parts.fragment:
        yield "api_url: must not have a query or a fragment"


def _wire_problems(settings: Settings) -> t.Iterator[str]:
    for name in ("candidates_path", "attachments_path"):
        path = getattr(settings, name)
        if not path.startswith("/") or path.startswith("//") or ".." in path:
            yield f"{name}: must be a path below api_url that starts with one slash"
    if "{candidate_id}" not in settings.attachments_path:
        yield "attachments_path: must contain {candidate_id}"
    try:
        ZoneInfo(settings.time_zone)
    except (ValueError, OSError, KeyError):
        yield "time_zone: is not the name of a time zone, such as Europe/Berlin"


def _time_problems(settings: Settings) -> t.Iterator[str]:
    if settings.cutoff_date is not None and settings.cutoff_days is not None:
        yield "cutoff_date and cutoff_days: contradictory, set only one of them"
    if settings.window_days is not None and settings.modified_until_param is None:
        yield "window_days: needs modified_until_param, an upper bound on the server"
    try:
        start, end = settings.instant("start_date"), settings.instant("end_date")
    except (ValueError, OSError, KeyError):  # the zone is reported above
        return
    if start is not None and end is not None and start >= end:
        yield "start_date and end_date: contradictory, the start must lie before the end"
