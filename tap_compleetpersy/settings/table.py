"""Every setting of the tap, once: name, type, default, help and checks.

The JSON schema of ``--about``, ``meltano.yml``, the README's table and
``.env.example`` are made from the fields of :class:`Settings`. The meaning of
each setting is the public contract.
"""

# ruff: noqa: RUF009 - every default below is a dataclass field, made by a function

from __future__ import annotations

import dataclasses
import functools
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tap_compleetpersy.settings.declaration import (
    CONTROL_CHARACTERS,
    ENVIRONMENT_PREFIX,
    SettingsError,
    about,
    default,
    item_type,
    json_type,
    read_key,
    read_time,
    setting,
)
from tap_compleetpersy.settings.extra_streams import ExtraStream

_SIZE = ("page_size_param", "page_size")
PAGINATIONS: t.Final[Mapping[str, tuple[str, ...]]] = {
    "page": ("page_param", "first_page", *_SIZE),
    "offset": ("offset_param", *_SIZE),
    "cursor": ("cursor_param", "next_cursor_path", *_SIZE),
    "link": ("next_link_path", *_SIZE),
    "none": (),
}
"""Styles of paging, and the settings that matter in each."""

_access, _wire, _privacy, _sync, _attachments, _network = (
    functools.partial(setting, group=group)
    for group in ("access", "wire", "privacy", "sync", "attachments", "network")
)
_assumed = functools.partial(_wire, unverified=True)
"""Declares what nobody could compare with the vendor's documentation, which is not public."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one run, read and checked.

    Times are texts here; :meth:`instant` reads them in :attr:`time_zone`.
    """

    api_key: str | None = _access(
        None,
        "Credential of one Persy tenant. Required unless `api_key_file` is given.",
        secret=True,
    )
    api_key_file: str | None = _access(
        None,
        "File that holds the key, instead of `api_key`; or `keyring:service/username`, an entry in "
        "the system's keyring (needs the extra `keyring`).",
    )
    api_url: str = _access(
        "https://www.germanpersonnel.de/persy/api/v1",
        "Base URL of the API. https only, except to a loopback host.",
    )
    auth_method: str = _access(
        "bearer",
        "How the key is sent: `bearer` (Authorization), `header` (`auth_header`), `basic` "
        "(`username` and the key) or `query` (`auth_param`).",
        unverified=True,
        choices=("bearer", "header", "basic", "query"),
    )
    auth_header: str = _access(
        "X-API-Key", "Header that carries the key with `auth_method: header`.", unverified=True
    )
    auth_param: str = _access(
        "api_key",
        "Query parameter that carries the key with `auth_method: query`; never logged.",
        unverified=True,
    )
    username: str | None = _access(None, "User name with `auth_method: basic`.")
    user_agent: str | None = _access(None, "User-Agent of every request. Default: name/version.")
    ca_bundle: str | None = _access(
        None, "Certificate bundle of a private authority. Verification cannot be switched off."
    )
    account: str | None = _access(
        None,
        "Label of the tenant. Part of every generated `id`, so several tenants can share tables.",
    )
    candidates_path: str = _assumed(
        "/candidates", "Path of the list of candidates below `api_url`."
    )
    records_path: str | None = _assumed(
        None,
        "Dotted path of the records in an answer, such as `payload.items`. Unset: detected.",
    )
    pagination: str = _assumed(
        "page",
        "How the list is paged: `page`, `offset`, `cursor`, `link` (the server gives the next URL) "
        "or `none`.",
        choices=tuple(PAGINATIONS),
    )
    page_param: str = _assumed("page", "Query parameter for the page number.")
    page_size_param: str = _assumed(
        "per_page", "Query parameter for the page size. Empty: not sent.", may_be_empty=True
    )
    first_page: int = _assumed(1, "Number of the first page.", minimum=0)
    page_size: int = _assumed(100, "Records requested per page.", minimum=1)
    offset_param: str = _assumed(
        "offset", "Query parameter for the offset, with `pagination: offset`."
    )
    cursor_param: str = _assumed(
        "cursor", "Query parameter for the cursor, with `pagination: cursor`."
    )
    next_cursor_path: str = _assumed(
        "meta.next_cursor",
        "Dotted path of the next cursor in an answer, or the header that carries it.",
    )
    next_link_path: str | None = _assumed(
        None,
        "Dotted path of the next URL in an answer, with `pagination: link`. Unset: the header "
        "`Link` (RFC 8288), else where frameworks put it (`links.next`, `next_page_url` …). Same "
        "server only.",
    )
    past_end_statuses: list[int] = _assumed(
        [404, 416],
        "Statuses that mean the end of the list when they answer a numbered page after one with "
        "records.",
    )
    encoding: str | None = _assumed(
        None,
        "Encoding of answers that declare none, such as `iso-8859-15`. Unset: UTF-8, else "
        "Windows-1252 with a warning.",
    )
    modified_since_param: str = _assumed(
        "modified_since",
        "Query parameter for the lower bound (inclusive) on the update time. Empty: "
        "the server has no filter and the tap filters.",
        may_be_empty=True,
    )
    modified_until_param: str | None = _assumed(
        None, "Query parameter for the upper bound on the update time, if the server has one."
    )
    date_format: str = _assumed(
        "YYYY-MM-DDTHH:mm:ss[Z]",
        "Format of these bounds, in pendulum tokens; sent in UTC, or in `time_zone` "
        "if the format has no zone.",
    )
    time_zone: str = _assumed("Europe/Berlin", "Time zone of times without an offset.")
    field_paths: dict[str, t.Any] = _wire(
        {},
        "Extra paths in the remote record for a field of the model, tried first: "
        '`{"company": "Profil.Firma"}`. Dotted and nested keys mean the same.',
    )
    custom_fields_paths: list[str] = _wire(
        [],
        "Dotted paths of the objects that hold custom fields, replacing the usual ones "
        "(`UserArea`, `CustomFields`, `Zusatzfelder` …). Brackets describe unusual forms: "
        "`zz[x=y]`, `paare[0=1]`, `text[]`, `[feld#_name=feld#_wert]`.",
    )
    outcomes: dict[str, t.Any] = _wire(
        {},
        "Outcome for a remote status (the whole text, any case): `PENDING`, `HIRED` "
        "or `DECLINED`. Takes precedence over the built-in words.",
    )
    exclude_fields: list[str] = _privacy(
        [], "Exact remote keys that are never emitted, whatever the catalog says."
    )
    include_remote_data: bool = _privacy(
        False,  # noqa: FBT003 - the default of the setting
        "Fill `remote_data` with the record as received.",
    )
    erase_deselected: bool = _privacy(
        False,  # noqa: FBT003 - the default of the setting
        "Empty columns that are no longer emitted (deselected, mapped away), in a complete pass "
        "that is then due at once.",
    )
    cutoff_date: str | None = _privacy(
        None,
        "Data minimisation: candidates last updated before this date are never "
        "emitted, and not fetched where the server filters.",
        kind="time",
    )
    cutoff_days: float | None = _privacy(
        None,
        "`cutoff_date` as a rolling number of days: older candidates are never emitted.",
        minimum=0,
        maximum=40_000,
    )
    start_date: str | None = _sync(None, "Lower bound of the first sync.", kind="time")
    end_date: str | None = _sync(
        None,
        "Upper bound (exclusive), for a backfill. The bookmark never passes it; "
        "no deletions are found.",
        kind="time",
    )
    window_days: float | None = _sync(
        None,
        "Split a long pull into windows of this many days, each of which commits its "
        "bookmark. Needs `modified_until_param`.",
        minimum=0.01,
        maximum=40_000,
    )
    lookback_seconds: int = _sync(
        3600, "Overlap of consecutive delta syncs, for late and boundary writes.", minimum=0
    )
    full_sync_hours: float = _sync(
        24,
        "A run becomes a complete pass, which reads everything and finds deletions, when the "
        "last one is older than this. 0: never.",
        minimum=0,
    )
    deletion_limit_percent: float = _sync(
        20,
        "A complete pass that would delete more of the known candidates than this "
        "deletes nothing and exits with 1 (10 are always allowed). Approve with 100 for one run.",
        minimum=0,
    )
    discovery_sample_size: int = _sync(
        1000, "Candidates sampled to discover custom fields.", minimum=0
    )
    attachments_path: str = _attachments(
        "/candidates/{candidate_id}/attachments",
        "Path of a candidate's attachments.",
        unverified=True,
    )
    attachments_dir: str | None = _attachments(
        None,
        "Folder (or fsspec URL, chained or not) for the content of attachments. A password in "
        "any part of the URL is refused.",
    )
    attachments_options: dict[str, t.Any] = _attachments(
        {},
        "JSON object of options for the driver of `attachments_dir`: endpoint, user, password, "
        "key. docs/attachments.md lists them for each store.",
        secret=True,
    )
    attachment_max_mb: float = _attachments(50, "Larger attachments are not downloaded.", minimum=0)
    notes_path: str = _attachments(
        "/candidates/{candidate_id}/notes",
        "Path of a candidate's notes, for the stream `candidate_notes`.",
        unverified=True,
    )
    extra_streams: list[ExtraStream] = _attachments(
        [],
        "Other GET endpoints as streams, each an object of `name`, `path`, `primary_keys`, "
        "`replication_key`, `params`, and any wire settings that differ: docs/extra-streams.md.",
    )
    request_timeout: float = _network(
        60, "Seconds to wait for an answer to a request.", minimum=0.001, maximum=86_400
    )
    max_retries: int = _network(6, "Retries of a request after the first attempt.", minimum=0)
    prefetch_pages: int = _network(
        1,
        "Pages fetched ahead of the mapping. 1: one. 2 to 16: that many requests in flight, where "
        "pages have numbers or offsets, and one again after a 429 or 503. 0: none.",
        minimum=0,
        maximum=16,
    )
    requests_per_second: float | None = _network(
        None, "Upper limit on the request rate, for shared hosts.", minimum=0.001
    )

    def require_api_key(self) -> str:
        """Return the key, from `api_key`, or from where `api_key_file` says.

        Raises:
            SettingsError: When there is none, or it cannot be sent in a header.
        """
        key = self.api_key
        if key is None and self.api_key_file is not None:
            try:
                key = read_key(self.api_key_file)
            except ValueError as error:
                raise SettingsError([f"api_key_file: {error}"]) from None
        if not key:
            message = (
                "api_key: missing. Set it in the config file, or in the environment as "
                f"{ENVIRONMENT_PREFIX}API_KEY (with --config=ENV beside a config file), "
                "or name a file in api_key_file"
            )
            raise SettingsError([message])
        if CONTROL_CHARACTERS.search(key):
            raise SettingsError(["api_key_file: holds more than one line of text"])
        return key

    @property
    def paging_settings(self) -> tuple[str, ...]:
        """Names of the settings that matter in this style of paging; none for a list at once."""
        return PAGINATIONS[self.pagination]

    @property
    def paging_params(self) -> tuple[str, ...]:
        """Names of the settings whose query parameters the request of a page has."""
        return tuple(name for name in self.paging_settings if name.endswith("_param"))

    @property
    def has_api_key(self) -> bool:
        """Whether a key is configured; it is not read."""
        return self.api_key is not None or self.api_key_file is not None

    def of_extra_stream(self, extra: ExtraStream) -> Settings:
        """Return the settings that hold for an extra stream: these, but for its own."""
        return dataclasses.replace(
            self, extra_streams=[], field_paths={}, custom_fields_paths=[], **extra.overrides
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of :attr:`time_zone`."""
        return ZoneInfo(self.time_zone)

    def instant(self, name: t.Literal["start_date", "end_date", "cutoff_date"]) -> datetime | None:
        """Return a time setting as an aware datetime; naive text is in the zone."""
        text = getattr(self, name)
        return None if text is None else read_time(text, self.zone)


def config_jsonschema() -> dict[str, t.Any]:
    """Return the JSON schema of all settings, which the SDK shows in ``--about``."""
    properties: dict[str, t.Any] = {}
    for field in dataclasses.fields(Settings):
        facts = about(field)
        schema: dict[str, t.Any] = {"type": [json_type(field), "null"], "description": facts.help}
        if json_type(field) == "array":
            schema["items"] = {"type": item_type(field)}
        if facts.choices:
            schema["enum"] = [*facts.choices, None]
        if facts.secret:
            schema |= {"secret": True, "writeOnly": True}
        if default(field) is not None:
            schema["default"] = default(field)
        properties[field.name] = schema
    return {"type": "object", "properties": properties}
