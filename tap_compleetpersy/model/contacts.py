"""Telephone numbers and mail addresses."""

from __future__ import annotations

import re
import typing as t
from functools import lru_cache

from tap_compleetpersy.model.text import fold

if t.TYPE_CHECKING:
    from collections.abc import Iterable

_HOME = frozenset({"personal", "private", "privat", "priv", "home", "zuhause", "hause", "daheim"})
_WORK = frozenset({
    "business", "businessdirect", "office", "officedirect", "work", "beruflich", "buero",
    "dienstlich", "geschaeftlich", "firma", "arbeit", "gesch", "dienstl", "dienst", "geschaeft",
    "beruf",
})  # fmt: skip
_MOBILE = frozenset({
    "onperson", "mobile", "mobil", "handy", "cell", "cellular", "mobiltelefon", "mobilfunk", "mob",
    "m", "handynummer", "mobilnummer", "whatsapp", "diensthandy", "privathandy",
})  # fmt: skip
_FAX = frozenset({"fax", "telefax", "faxnummer", "f"})
_USES: t.Final = (("MOBILE", _MOBILE), ("FAX", _FAX), ("HOME", _HOME), ("WORK", _WORK))
# What a key may contain, in the order in which it decides: `TelefaxGeschaeftlich` is a fax.
_MARKS: t.Final = (
    ("MOBILE", ("mobil", "handy", "cell")),
    ("FAX", ("fax",)),
    ("HOME", ("privat", "personal", "home", "zuhause")),
    ("WORK", ("geschaeft", "dienst", "beruf", "firma", "business", "office", "work", "buero")),
)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,80}[A-Za-z0-9])?")
_LOCAL_LENGTH: t.Final = 64
# No name of special use (RFC 6761) ends so, and none of their labels can be too long.
_USUAL_DOMAIN = re.compile(r"(?=.{1,64}\Z)(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:[a-z]{2}|com|net|org)")


@lru_cache(maxsize=1024)
def use_of(text: str) -> str | None:
    """Read `Use` of a contact: `HOME`, `WORK`, `MOBILE`, `FAX` or None."""
    word = fold(text)
    return next((use for use, words in _USES if word in words), None)


def use_of_path(segments: Iterable[str]) -> str | None:
    """Read what the names on a path say about the contact that they lead to."""
    words = [word for segment in segments if (word := fold(segment)) != "personaldata"]
    for use, marks in _MARKS:
        if any(mark in word for word in words for mark in marks):
            return use
    return None


def phone_type(path_use: str | None, element_use: str | None) -> str | None:
    """Decide the type of a number: the key first (`Mobile`), `Use` second.

    Returns:
        `MOBILE`, `FAX`, `HOME`, `WORK` or None (`docs/wire.md`, reading rules).
    """
    if path_use in {"MOBILE", "FAX"}:
        return path_use
    return element_use or path_use


def email_type(path_use: str | None, element_use: str | None) -> str | None:
    """Decide the type of an address: `PRIVATE`, `WORK` or None."""
    use = element_use if element_use in {"HOME", "WORK"} else path_use
    return {"HOME": "PRIVATE", "WORK": "WORK"}.get(use or "")


def is_email(address: str) -> bool:
    """Whether a mail address is valid, as `email-validator` says.

    Nothing is looked up in the network. Domains repeat, so the validator judges
    each plain one once; a plain local part and a usual domain need a pattern only.
    Every other address is judged as a whole. A property test proves both ways equal.
    """
    local, mark, domain = address.partition("@")
    plain = mark and len(local) <= _LOCAL_LENGTH
    if plain and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain):
        return _is_domain(domain)
    return _is_valid(address)


@lru_cache(maxsize=4096)
def _is_domain(domain: str) -> bool:
    return bool(_USUAL_DOMAIN.fullmatch(domain)) or _is_valid(f"a@{domain}")


def _is_valid(address: str) -> bool:
    # Imported late: it takes 30 ms, and few addresses need it.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
