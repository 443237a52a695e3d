"""Which links of attachments are followed, and with what: the rules, without the network.

A link comes from the server, hence from whoever can write into a candidate's record. The key goes
to the origin of `api_url` only. Another host gets a plain request, never through
plain http, and never a host of the own network: it might trust whoever can reach it.
"""

from __future__ import annotations

import ipaddress
import typing as t
from urllib.parse import urldefrag, urljoin, urlsplit

from tap_compleetpersy.settings import is_loopback


def addresses(link: str, api_url: str, asked: str) -> tuple[str, ...]:
    """Answer what a link may mean, the likeliest first.

    Persy's documentation does not say what a relative link is relative to (`docs/wire.md`):
    below `api_url`, unless it names a path of the server; else, as in HTML, where it stood.

    Args:
        link: As received; absolute or relative.
        api_url: The setting, without a slash at its end.
        asked: Address of the list that it stood in.
    """
    try:
        split = urlsplit(link)
    except ValueError:
        return ()
    if split.scheme or split.netloc:
        return (urldefrag(urljoin(asked, link)).url,)
    below = urldefrag(f"{api_url}/{link.lstrip('/')}").url
    where_it_stood = urldefrag(urljoin(asked, link)).url
    both = (where_it_stood, below) if link.startswith("/") else (below, where_it_stood)
    return tuple(dict.fromkeys(both))


def joined_anywhere(base: str, target: str) -> str:
    """Answer where a redirect leads, on whichever host; empty when nowhere."""
    try:
        return urldefrag(urljoin(base, target)).url
    except ValueError:
        return ""


def objection(url: str, api_url: str) -> str | None:
    """Say why a link must not be followed, or answer None.

    Args:
        url: Absolute.
        api_url: The setting: its own host may be private, or this machine.
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
    """Say why an address must not be connected to, or answer None.

    Args:
        address: IP address, or the name of a host, of which nothing is known yet.
        api_url: The setting.
    """
    if is_loopback(address):
        is_own = is_loopback(urlsplit(api_url).hostname or "")
        return None if is_own else "the link leads to this machine"
    ip = _ip(address)
    if ip is None:
        return None
    return None if ip.is_global and not ip.is_multicast else "the link leads to a private address"


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped: t.Any = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return mapped or ip
