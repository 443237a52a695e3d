"""What must hold between settings, and of those whose type says too little."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import re
import typing as t
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tap_compleetpersy.settings.declaration import KEYRING, entry_of
from tap_compleetpersy.settings.extra_streams import CANDIDATE_ID, ExtraStream, child_paths

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings.table import Settings

OUTCOMES = ("PENDING", "HIRED", "DECLINED")

_ERRORS = range(400, 600)
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


MARKED = re.compile(r"([^\[\]]*)\[([^\[\]=]*)(?:=([^\[\]=]+))?\]")
"""A path, and in brackets the names that say the form of what stands there: `zz[x=y]`."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = None if ip.version == 4 else ip.ipv4_mapped  # noqa: PLR2004 - Python 3.13 looks itself
    return (mapped or ip).is_loopback


def holds_credentials(url: str) -> bool:
    """Whether any part of a URL, chained or not, holds a password or a token.

    A user name alone is none (`abfss://container@account…`, `sftp://user@host`), except for WebDAV
    and HTTP, where it may be a token.
    """
    return any(map(_holds_credentials, url.split("::")))


def _holds_credentials(part: str) -> bool:
    scheme, mark, rest = part.partition("://")
    if not mark:
        return False
    rest, _, query = rest.partition("?")
    if _SECRET_PARAMETER.search(query):
        return True
    authority, _, path = rest.partition("/")
    user, at, _ = authority.rpartition("@")
    if not at:  # a slash in the password cuts it: sftp://user:pa/ss@host
        return ":" in authority and "@" in path
    return ":" in user or scheme.lower().startswith(("http", "webdav", "dav"))


_SECRET_PARAMETER = re.compile(
    r"(?:^|[&;])[^=&;]*(?:pass|pwd|secret|token|sig|key|auth|credential)[^=&;]*=", re.IGNORECASE
)


def inconsistencies(settings: Settings) -> t.Iterator[str]:
    """Yield a line for each thing that is contradictory or cannot be."""
    yield from _access_problems(settings)
    yield from _wire_problems(settings)
    yield from _time_problems(settings)
    if not all(outcome in OUTCOMES for outcome in _leaves(settings.outcomes)):
        yield f"outcomes: every value must be one of {', '.join(OUTCOMES)}"
    if not _are_texts(settings.exclude_fields):
        yield "exclude_fields: must be a list of texts"
    paths = settings.custom_fields_paths
    if not (_are_texts(paths) and all(path.strip(". ") for path in paths)):
        yield "custom_fields_paths: must be a list of dotted paths, such as Profil.Merkmale"
    yield from _form_problems(settings)
    for extra in settings.extra_streams:
        yield from _extra_stream_problems(settings, extra)


def _form_problems(settings: Settings) -> t.Iterator[str]:
    """Yield a line for each path whose brackets say nothing, or name what must not leave."""
    excluded = settings.exclude_fields
    openings = settings.field_paths.get("openings")
    lists = {"custom_fields_paths": settings.custom_fields_paths, "field_paths.openings": openings}
    for name, paths in lists.items():
        given = [paths] if isinstance(paths, str) else paths
        for path in given if isinstance(given, list) and _are_texts(given) else ():
            match = MARKED.fullmatch(path)
            if "[" in path and match is None:
                yield f"{name}: brackets end a path, as in zz[x=y], zz[] or stellen[id]"
            if match and (match[2] in excluded or match[3] in excluded):
                yield f"exclude_fields: name the field or its list, not a key in brackets of {name}"


def _extra_stream_problems(settings: Settings, extra: ExtraStream) -> t.Iterator[str]:
    own = settings.of_extra_stream(extra)
    for problem in (*_wire_problems(own), *_time_problems(own)):
        if problem.partition(":")[0] in extra.overrides:
            yield f"{extra.place}.{problem}"
    filters = (
        () if extra.replication_key is None else ("modified_since_param", "modified_until_param")
    )
    for name in (*own.paging_params, *filters):
        if getattr(own, name) in extra.params:
            yield f"{extra.place}.params: must not hold the parameter that {name} names"
    excluded = own.exclude_fields
    if any(key in excluded for key in extra.primary_keys):
        yield f"{extra.place}.primary_keys: must not name what exclude_fields keeps back"
    if extra.replication_key in excluded:
        yield f"{extra.place}.replication_key: must not name what exclude_fields keeps back"


def _are_texts(values: t.Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _leaves(tree: dict[str, t.Any]) -> t.Iterator[object]:
    """Yield the values of a setting whose dotted keys Meltano may have nested."""
    for value in tree.values():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield value


def _access_problems(settings: Settings) -> t.Iterator[str]:
    if settings.api_key is not None and settings.api_key_file is not None:
        yield "api_key and api_key_file: contradictory, set only one of them"
    yield from _url_problems(settings.api_url)
    yield from _key_problems(settings)
    place = settings.api_key_file or ""
    is_entry = place.startswith(KEYRING)
    if is_entry and entry_of(place) is None:
        yield "api_key_file: an entry of the keyring must be keyring:service/username"
    for name in ("ca_bundle",) if is_entry else ("ca_bundle", "api_key_file"):
        path = getattr(settings, name)
        if path is not None and not Path(path).expanduser().is_file():
            yield f"{name}: there is no such file"


def _key_problems(settings: Settings) -> t.Iterator[str]:
    if settings.auth_method == "basic" and settings.username is None:
        yield "username: required with auth_method basic"
    if not HEADER_NAME.fullmatch(settings.auth_header):
        yield "auth_header: is not the name of a header"
    if not settings.auth_param.isprintable() or not settings.auth_param.strip():
        yield "auth_param: is not the name of a query parameter"
    in_headers = ("user_agent",) if settings.auth_method == "query" else ("api_key", "user_agent")
    for name in in_headers:
        value = getattr(settings, name)
        if value is not None and not value.isascii():
            yield f"{name}: must be ASCII, since it is sent in a header"


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


def _is_encoding_of_text(name: str) -> bool:
    try:
        return isinstance(b"[]".decode(name), str) and json.loads(b"[]".decode(name)) == []
    except (LookupError, ValueError, TypeError):
        return name.replace("-", "").replace("_", "").casefold() in _WIDE


_WIDE = frozenset({"utf16", "utf16le", "utf16be", "utf32", "utf32le", "utf32be"})
"""Encodings in which `[]` has more than two bytes."""


def _wire_problems(settings: Settings) -> t.Iterator[str]:
    children = child_paths(dataclasses.fields(settings))
    for name in ("candidates_path", *children):
        path = getattr(settings, name)
        if not path.startswith("/") or path.startswith("//") or ".." in path:
            yield f"{name}: must be a path below api_url that starts with one slash"
    if holds_credentials(settings.attachments_dir or ""):
        yield "attachments_dir: must not hold credentials, give them in attachments_options"
    if not all(type(each) is int and each in _ERRORS for each in settings.past_end_statuses):
        yield "past_end_statuses: must be a list of HTTP statuses from 400 to 599, such as [404]"
    for name in children:
        if CANDIDATE_ID not in getattr(settings, name):
            yield f"{name}: must contain {CANDIDATE_ID}"
    if settings.encoding is not None and not _is_encoding_of_text(settings.encoding):
        yield "encoding: is not the name of an encoding, such as iso-8859-15"
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
