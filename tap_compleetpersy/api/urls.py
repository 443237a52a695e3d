"""URLs: where a path or a link leads, and whether it may be followed.

A path that somebody wrote leads below `api_url`, or nowhere. A link comes from the server, hence
from whoever can write into a candidate's record: the key goes to the origin of `api_url` only, and
another host is asked through https only, and never when it belongs to the own network, which might
trust whoever can reach it.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import typing as t
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urldefrag, urlencode, urljoin, urlsplit

from tap_compleetpersy.settings.checks import is_loopback

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHOWN_LENGTH = 200
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,=:-]|%[0-9A-Fa-f]{2})*")
_ENCODED = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
_SPECIAL = frozenset("./\\;@%?#:")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_QUERY_SAFE = "!$&'()*+,;=:@/?%"
_TARGET = re.compile(r"[\s,]*<([^>]*)>")
_PARAMETER = re.compile(
    r"\s*;\s*([^\s=;,\"<>]+)(?:\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;,\"\s]*)))?"
)


class PathRefusedError(ValueError):
    """A path that might leave the API. The text is the reason, without the path."""


def address(api_url: str, path: str, params: Sequence[tuple[str, str]] = ()) -> str:
    """Return a path joined to the API's URL, whose origin and path prefix it keeps.

    Nothing is cleaned, since servers, proxies and libraries clean differently: what
    any of them could read as a way out is refused. A query in the path is taken as it stands.

    Raises:
        PathRefusedError: When the path is none, or could lead elsewhere.
    """
    location, _, query = path.partition("?")
    for reason in _path_objections(path, location):
        raise PathRefusedError(reason)
    given = quote(_STRAY_PERCENT.sub("%25", query), safe=_QUERY_SAFE)
    url = f"{api_url.rstrip('/')}/{location.removeprefix('/')}"
    queries = [text for text in (given, urlencode(params)) if text]
    return f"{url}?{'&'.join(queries)}" if queries else url


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs have scheme, host and port in common: another port is another service."""
    origin = _origin(one)
    return origin is not None and origin == _origin(other)


def joined(base: str, target: str) -> str | None:
    """Return where a link leads, or None when it leaves the server of ``base``."""
    url = joined_anywhere(base, target)
    return url if same_origin(url, base) else None


def joined_anywhere(base: str, target: str) -> str:
    """Return where a link leads, on whichever host; empty when nowhere."""
    try:
        return urldefrag(urljoin(base, target)).url
    except ValueError:
        return ""


def shown(url: str) -> str:
    """Return the path of a URL for logs and messages.

    Queries can hold names, and path parameters session ids of PHP: both are left out.
    """
    path = urlsplit(url).path.partition(";")[0] or "/"
    return printable(path[:_SHOWN_LENGTH])


def printable(text: str) -> str:
    """Return a text from outside in which nothing can direct a terminal or break a line."""
    return "".join(char if char.isprintable() else "?" for char in text)


def next_link(text: str | None) -> str | None:
    """Return the target of the first ``rel=next`` in a header ``Link`` (RFC 8288), or None."""
    for target, parameters in _links(text or ""):
        if "next" in parameters.get("rel", "").casefold().split():
            return target.strip()
    return None


def addresses(link: str, api_url: str, asked: str) -> tuple[str, ...]:
    """Return what the link of an attachment may mean, the likeliest first.

    Persy's documentation does not say what a relative link is relative to (`docs/wire.md`):
    below `api_url`, unless it names a path of the server; else, as in HTML, the address that was
    asked.
    """
    where_it_stood = joined_anywhere(asked, link)
    if not where_it_stood:
        return ()
    split = urlsplit(link)
    if split.scheme or split.netloc:
        return (where_it_stood,)
    below = urldefrag(f"{api_url}/{link.lstrip('/')}").url
    both = (where_it_stood, below) if link.startswith("/") else (below, where_it_stood)
    return tuple(dict.fromkeys(both))


def objection(url: str, api_url: str) -> str | None:
    """Return why an absolute link must not be followed, or None.

    The host of `api_url` itself may be private, or this machine.
    """
    try:
        link, api = urlsplit(url), urlsplit(api_url)
        host, _port = link.hostname, link.port
    except ValueError:
        return "the link is no URL"
    if not host or link.scheme not in {"http", "https"}:
        return "the link is no https URL"
    if link.username is not None or link.password is not None:
        return "the link holds credentials"
    if link.scheme == "http" and not (is_loopback(host) and is_loopback(api.hostname or "")):
        return "the link is not https"
    if host == api.hostname:
        return None
    return objection_to_address(host, api_url)


def objection_to_address(address: str, api_url: str) -> str | None:
    """Return why an IP address must not be connected to, or None; a name is not known yet."""
    if is_loopback(address):
        is_own = is_loopback(urlsplit(api_url).hostname or "")
        return None if is_own else "the link leads to this machine"
    ip = _ip(address)
    if ip is None:
        return None
    return None if ip.is_global and not ip.is_multicast else "the link leads to a private address"


def _path_objections(path: str, location: str) -> Iterator[str]:
    if not path.isprintable():
        yield "holds a control character"
    if "#" in path:
        yield "holds a fragment (#), which no server gets"
    if not location:
        yield "is empty"
    if _SCHEME.match(location):
        yield "is an address of its own, not a path below api_url"
    segments = location.removeprefix("/").split("/")
    if "" in segments[:-1]:
        yield "holds an empty segment (//)"
    if any(segment and not segment.strip(".") for segment in segments):
        yield "holds a dot segment (. or ..)"
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        yield "holds a character that a path cannot have unless it is percent-encoded"
    if not all(_is_harmless(encoded) for encoded in _ENCODED.findall(location)):
        yield "holds a percent-encoded character that could lead elsewhere"


def _is_harmless(encoded: str) -> bool:
    """Whether a run of percent-encoded bytes is text without any special meaning.

    Compatible forms count as what they stand for: some servers make a dot of U+FF0E.
    """
    try:
        text = bytes.fromhex(encoded.replace("%", "")).decode()
    except UnicodeDecodeError:
        return False
    plain = unicodedata.normalize("NFKC", text)
    return text.isprintable() and not _SPECIAL.intersection(text + plain)


@functools.lru_cache(maxsize=8)
def _origin(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS.get(parts.scheme)


def _links(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    position = 0
    while target := _TARGET.match(text, position):
        position = target.end()
        parameters: dict[str, str] = {}
        while parameter := _PARAMETER.match(text, position):
            position = parameter.end()
            name, quoted, plain = parameter.groups()
            parameters.setdefault(name.casefold(), quoted or plain or "")
        yield target[1], parameters
        position = next((at for at in [text.find(",", position)] if at >= 0), len(text))


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped: t.Any = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return mapped or ip
