"""Telephone numbers and mail addresses, and what people write into fields for them.

Several numbers and words about them: `privat: 089 123456, mobil 0171 1234567 (ab 18 Uhr)`. A number
is kept as it was written; nothing is completed or moved into another country. Numbers may come in
parts, as HR-XML 2.5 allows. `Anna Berg <a.berg@example.org>`, `mailto:…`: all that looks like a
mail address must be one, for half of a field is a guess.
"""

from __future__ import annotations

import re
import typing as t
from functools import lru_cache
from urllib.parse import unquote

from tap_compleetpersy.model.reader import Leaf, Node
from tap_compleetpersy.model.text import clean_value, fold, scalar_text

if t.TYPE_CHECKING:
    from collections.abc import Iterable

_HOME = frozenset({"personal", "private", "privat", "priv", "home", "zuhause", "hause", "daheim"})
_WORK = frozenset({
    "business", "businessdirect", "office", "officedirect", "work", "beruflich", "buero",
    "dienstlich", "geschaeftlich", "geschaeftl", "berufl", "firma", "arbeit", "gesch", "dienstl",
    "dienst", "geschaeft", "beruf",
})  # fmt: skip
_MOBILE = frozenset({
    "onperson", "mobile", "mobil", "handy", "cell", "cellular", "mobiltelefon", "mobilfunk", "mob",
    "m", "handynummer", "mobilnummer", "mobiletelephone", "mobilephone",
    "whatsapp", "diensthandy", "privathandy",
})  # fmt: skip
_FAX = frozenset({"fax", "telefax", "faxnummer", "f"})
_USES: t.Final = (("MOBILE", _MOBILE), ("FAX", _FAX), ("HOME", _HOME), ("WORK", _WORK))
# What a key may contain, in the order in which it decides: `TelefaxGeschaeftlich` is a fax.
_MARKS: t.Final = (
    ("MOBILE", ("mobil", "handy", "cell", "whatsapp")),
    ("FAX", ("fax",)),
    ("HOME", ("privat", "personal", "home", "zuhause")),
    (
        "WORK",
        ("geschaeft", "dienst", "beruf", "firm", "business", "office", "work", "buero", "arbeit"),
    ),
)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,80}[A-Za-z0-9])?")
_LOCAL_LENGTH: t.Final = 64
_DOMAIN_LENGTH: t.Final = 82
"""Of the longest that `_DOMAIN` knows."""
# No name of special use (RFC 6761) ends so, and none of their labels can be too long.
_USUAL_DOMAIN = re.compile(r"(?=.{1,64}\Z)(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:[a-z]{2}|com|net|org)")
_USUAL_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_LOCAL.pattern}@{_USUAL_DOMAIN.pattern}")
is_usual_email: t.Final = _USUAL_EMAIL.fullmatch
"""Whether an address is valid at one look: a plain local part and a usual domain."""


@lru_cache(maxsize=1024)
def use_of(text: str) -> str | None:
    """Return what `Use` of a contact says: `HOME`, `WORK`, `MOBILE`, `FAX` or None."""
    word = fold(text)
    return next((use for use, words in _USES if word in words), None)


def use_of_path(segments: Iterable[str]) -> str | None:
    """Return what the names on a path say about the contact that they lead to."""
    words = [word for segment in segments if (word := fold(segment)) != "personaldata"]
    for use, marks in _MARKS:
        if any(mark in word for word in words for mark in marks):
            return use
    return None


def phone_type(path_use: str | None, element_use: str | None) -> str | None:
    """Return the type of a number: the key decides first (`Mobile`), `Use` second."""
    if path_use in {"MOBILE", "FAX"}:
        return path_use
    return element_use or path_use


def email_type(path_use: str | None, element_use: str | None) -> str | None:
    """Return the type of an address: `PRIVATE`, `WORK` or None."""
    use = element_use if element_use in {"HOME", "WORK"} else path_use
    return {"HOME": "PRIVATE", "WORK": "WORK"}.get(use or "")


def is_email(address: str) -> bool:
    """Whether a mail address is valid, as `email-validator` says, without the network.

    Domains repeat, so the validator judges each plain one once. What is ASCII without quotes is
    plain or none. A property test proves that this is as good as judging whole addresses.
    """
    local, _, domain = address.partition("@")
    if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain):
        return len(local) <= _LOCAL_LENGTH and _is_domain(domain)
    is_none = address.isascii() and '"' not in address and len(domain) <= _DOMAIN_LENGTH
    return not is_none and _is_valid(address)


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


Phone: t.TypeAlias = tuple[str, "str | None"]
"""A number, and what the words beside it say about its use."""

_LEAST: t.Final = 3
"""Digits of the shortest number: 110."""
_LONGEST_TEXT: t.Final = 300
_SURE: t.Final = 6
"""Digits from which on something cannot be an extension or an hour."""
_MOST: t.Final = 17
"""Digits of the longest one: 15 of E.164, after `00`."""

# One number and nothing else: most fields, then all.
_USUAL_PHONE = re.compile(
    r"(?!.*  )\+?(?:[0-9]{2,4}|\([0-9]{2,4}\))[0-9 ]{0,10}[0-9]|[0-9]{3,5}[/-][1-9][0-9]{3,8}"
)
is_usual_phone: t.Final = _USUAL_PHONE.fullmatch
"""Whether a text is one number at one look."""
_PLAIN = re.compile(
    r"(?=(?:[^0-9]*[0-9]){3,15}[^0-9]*\Z)\+?[0-9(](?:[0-9().]|[ -](?![ -])){0,18}[0-9]"
)
_RUN = re.compile(r"\+?\(?\+?[0-9][0-9\s()/.\u2010-\u2015-]*")
_PIECE = re.compile(
    rf"(?P<run>{_RUN.pattern})|(?P<word>[^\W\d_]+)|(?P<break>[;,|\n&])|.", re.DOTALL
)
_TWO = re.compile(r"\s*/\s*(?=[+0(])|\s+[\u2010-\u2015-]\s+(?=[+0(])|\s{2,}(?=[+0(])|\n")
_BLANK = re.compile(r"\s*[/\s]\s*(?=[+0(])")
"""Where it does in digits that are too many for one: 15 of E.164."""
_MOST_OF_ONE: t.Final = 15
_HOURS = re.compile(
    r"\b[0-9]{1,2}(?:[:.][0-9]{2})?(?:\s*(?:-|\u2013|bis|und)\s*[0-9]{1,2}(?:[:.][0-9]{2})?)?\s*(?:uhr|h)\b"
    r"|\b[0-9]{1,2}:[0-9]{2}\b"
    r"|\b[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})(?![0-9/])"
    r"|(?<=[^\W\d_])\s?[1-9]\s*[:=]",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\b(?:durchwahl|dw|ext|extension|app|apparat|nebenstelle|nst|klappe|kl|x)\b", re.IGNORECASE
)
_PHONE_LABELS = frozenset({
    "tel", "telefon", "telephone", "phone", "t", "nr", "nummer", "no", "number", "rufnummer",
    "telefonnummer", "festnetz", "festnetznummer", "notruf", "ist", "und",
})  # fmt: skip
_AND = frozenset({"oder", "und", "or", "and", "u", "o", "bzw"})


def read_phones(text: str) -> list[Phone] | None:
    """Return the numbers of a clean text, each with its use where a word says it.

    None when it cannot be understood: no number of three digits, or digits that belong nowhere.
    """
    if _USUAL_PHONE.fullmatch(text) or _PLAIN.fullmatch(text):
        return [(text, None)]
    if "@" in text or len(text) > _LONGEST_TEXT:
        return None
    without_hours = _HOURS.sub(" ; ", text)
    if without_hours != text and _digits(without_hours) < _LEAST:
        without_hours = text
    phones: list[Phone] = []
    for pieces in _parts(without_hours):
        read = _read_part(without_hours, pieces)
        if read is None:
            return None
        if phones and not read and phones[-1][1] is None:
            phones[-1] = (phones[-1][0], _use_of_pieces(pieces))
        phones += read
    return phones or None


class _Piece(t.NamedTuple):
    """A number or a word, and where it ends."""

    text: str
    is_number: bool
    end: int


def _parts(text: str) -> list[list[_Piece]]:
    """Return the parts of a text: they end where one number ends and another begins."""
    parts: list[list[_Piece]] = [[]]
    for found in _PIECE.finditer(text):
        kind, said = found.lastgroup, found[0]
        if kind == "break" or (kind == "word" and said.casefold() in _AND):
            parts.append([])
        elif kind == "word":
            parts[-1].append(_Piece(said, is_number=False, end=found.end()))
        elif kind == "run":
            first, *others = _numbers(said)
            parts[-1].append(_Piece(first, is_number=True, end=found.end()))
            parts += [[_Piece(other, is_number=True, end=found.end())] for other in others]
            if said.rstrip().endswith("/"):
                parts.append([])
    return parts


def _numbers(run: str) -> list[str]:
    """Return the numbers of a run of digits: it is split where a whole one stands on both sides."""
    for mark in (_TWO if _digits(run) <= _MOST_OF_ONE else _BLANK).finditer(run):
        left, right = run[: mark.start()], run[mark.end() :]
        if _digits(left) >= _SURE and _digits(right) >= _SURE:
            return [_trimmed(left), *_numbers(right)]
    return [_trimmed(run)]


def _trimmed(run: str) -> str:
    """Return a number without what belongs to the words around it: a bracket, a dash."""
    number = run.strip().rstrip("(/.-\u2010\u2011\u2012\u2013\u2014\u2015 \t\n")
    number = number.lstrip("/.- ")
    if number.count(")") > number.count("("):
        number = number.rstrip(") ")
    if number.count("(") > number.count(")"):
        number = number.removeprefix("(").lstrip("/.- ")
    return number


def _read_part(text: str, pieces: list[_Piece]) -> list[Phone] | None:
    """Return the numbers of a part, each with the words before it, or after the last one.

    None when it cannot be understood.
    """
    places = [place for place, piece in enumerate(pieces) if piece.is_number]
    if not places:
        return []
    if len(places) == 2 and _is_extension(pieces, places):  # noqa: PLR2004
        start = text.rindex(pieces[places[0]].text, 0, pieces[places[0]].end)
        number = text[start : pieces[places[1]].end]
        return [(_trimmed(number), _use_of_pieces(pieces[: places[0]]))]
    phones: list[Phone] = []
    begins_with_word = places[0] > 0
    for order, place in enumerate(places):
        least = _LEAST if len(places) == 1 and all(map(_is_known, pieces)) else _SURE
        if not least <= _digits(pieces[place].text) <= _MOST:
            return None
        before = pieces[(places[order - 1] + 1) if order else 0 : place]
        after = pieces[place + 1 : places[order + 1] if order + 1 < len(places) else len(pieces)]
        use = _use_of_pieces(before) if begins_with_word else _use_of_pieces(after)
        if use is None and len(places) == 1:
            use = _use_of_pieces(after)
        phones.append((pieces[place].text, use))
    return phones


def _is_known(piece: _Piece) -> bool:
    """Whether a word cannot be a part of the number, as in `0800 FLOWERS`."""
    return (
        piece.is_number or piece.text.casefold() in _PHONE_LABELS or use_of(piece.text) is not None
    )


def _is_extension(pieces: list[_Piece], places: list[int]) -> bool:
    between = " ".join(piece.text for piece in pieces[places[0] + 1 : places[1]])
    return _digits(pieces[places[1]].text) < _SURE and bool(_EXTENSION.fullmatch(between))


def _use_of_pieces(pieces: list[_Piece]) -> str | None:
    """Return the use that words say; a mobile or fax number is one whatever else they say."""
    uses = {use for piece in pieces if (use := use_of(piece.text)) is not None}
    return next((use for use in ("MOBILE", "FAX", "HOME", "WORK") if use in uses), None)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


_COUNTRY_PART, _AREA, _SUBSCRIBER, _NATIONAL, _EXTENSION_PART, _FORMATTED, _NUMBER = range(7)
_PART_NAMES: t.Final = {
    "internationalcountrycode": _COUNTRY_PART, "countrydialing": _COUNTRY_PART,
    "areacitycode": _AREA, "areadialing": _AREA, "vorwahl": _AREA,
    "subscribernumber": _SUBSCRIBER, "dialnumber": _SUBSCRIBER, "rufnummer": _SUBSCRIBER,
    "nationalnumber": _NATIONAL, "extension": _EXTENSION_PART, "durchwahl": _EXTENSION_PART,
    "formattednumber": _FORMATTED, "number": _NUMBER, "nummer": _NUMBER,
    "countrycode": _COUNTRY_PART, "laendervorwahl": _COUNTRY_PART, "dialcode": _COUNTRY_PART,
    "landesvorwahl": _COUNTRY_PART, "areacode": _AREA, "ortsvorwahl": _AREA,
}  # fmt: skip
"""Parts of a number by folded names: of HR-XML 2.5 and 3, German and usual ones. A mere number is
one only beside the code of a country or an area."""
_KEEPS_ZERO: t.Final = "+39"
"""In Italy alone the zero of the area stays behind the code of the country."""


def number_of_parts(element: dict[str, t.Any]) -> str | None:
    """Return a number made of its parts, `+49 89 1234567-12`, or None.

    A `FormattedNumber` beside them says it better.
    """
    facts: dict[int, str] = {}
    for key, value in element.items():
        part = _PART_NAMES.get(fold(key))
        if part is None:
            continue
        said = clean_value(value)
        if text := scalar_text(said[0] if isinstance(said, list) else said):
            facts.setdefault(part, text)
    country = facts.get(_COUNTRY_PART, "").removeprefix("00").removeprefix("+")
    country = f"+{country}" if country.isdigit() else ""
    area = "" if _NATIONAL in facts else facts.get(_AREA, "")
    rest = facts.get(_NATIONAL) or facts.get(_SUBSCRIBER)
    if rest is None and (country or area):
        rest = facts.get(_NUMBER)
    if rest is None or _FORMATTED in facts:
        return None
    if rest[:1] == "+" or rest[:2] == "00":
        country = area = ""
    if country and country != _KEEPS_ZERO:
        area = area.removeprefix("0")
        if not area:
            rest = rest.removeprefix("0")
    number = " ".join(part for part in (country, area, rest) if part)
    extension = facts.get(_EXTENSION_PART)
    return f"{number}-{extension}" if extension else number


TAKEN: t.Final = frozenset(_PART_NAMES.keys() - {"formattednumber"})
"""Folded keys that a number of parts is made of: nothing else is read from them."""


_PART: t.Final = Node()
_PART.leaves = (Leaf("phone_numbers", 0, lambda _: None, many=True),)  # nothing by itself
PARTS: t.Final = dict.fromkeys(TAKEN - {"number", "nummer"}, _PART)
"""What the parts are, by their folded names, beside what the paths lead to."""


Mail: t.TypeAlias = tuple[str, "str | None"]
"""An address, and what the words beside it say about its use."""

_LONGEST_MAILS: t.Final = 500
_NAMED = re.compile(
    r"(?:(?:\"[^\"<>]*\"|[^\"<>@;,]*(?:,[^\"<>@;,]*)?)\s*<\s*(?P<named>[^<>\s]+)\s*>"
    r"|(?P<alone>[^\s<>;,\"@]+@[^\s<>;,\"/]+))\s*(?:[;,]\s*|\.(?:\s+|\Z)|\Z)"
)
_BREAK = re.compile(r"[\s;,|]+|/(?=[^/@\s]+@)")
_SCHEME = re.compile(r"mailto:", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s[^<>]*\bmailto:([^\"'<>\s]+)[^<>]*>[^<>]*</a>", re.IGNORECASE)
_BRACKETS = re.compile(
    r"[\[(]\s*(?:mailto:)?\s*([^\s\[\]()<>]+@[^\s\[\]()<>]+)\s*[\])]", re.IGNORECASE
)
_TWICE = re.compile(r"([^\s<>@;,]+@[^\s<>@;,]+)\s*<\s*(?:mailto:)?\1\s*>", re.IGNORECASE)
_NEW_LINE = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NOTE = re.compile(r"\s\([^()@]*\)")
_AROUND = "<>()[]{}\"'.:;,!"
_MAIL_LABELS = frozenset({
    "", "email", "mail", "mailto", "emailadresse", "mailadresse", "und", "oder", "and", "or",
    "adresse", "address", "u", "o", "bzw", "auch", "e",
})  # fmt: skip


def read_mails(text: str) -> list[Mail] | None:
    """Return the addresses of a clean text, each with its use where a word says it.

    None when one of them is not valid, or when there are words that may belong to an address.
    """
    if is_email(text):
        return [(text, None)]
    if "@" not in text and _SCHEME.match(text):
        text = unquote(text)
    if "@" not in text or len(text) > _LONGEST_MAILS:
        return None
    text = _unmarked(text)
    mails = _named_mails(text) or _listed_mails(text)
    if not mails or not all(is_email(address) for address, _ in mails):
        return None
    return mails


def _unmarked(text: str) -> str:
    """Return links, brackets and notes as mail clients do: `Ida [mailto:…]` as `Ida <…>`."""
    text = _NEW_LINE.sub(" ; ", _ANCHOR.sub(r" mailto:\1 ", text))
    text = _TWICE.sub(r"<\1>", _BRACKETS.sub(r"<\1>", text))
    return _NOTE.sub(lambda note: note[0] if any(map(use_of, note[0].split())) else "", text)


def _named_mails(text: str) -> list[Mail]:
    """Return those of `Anna Berg <a.berg@example.org>; b@example.org`; none if that is not all."""
    mails: list[Mail] = []
    place = 0
    while place < len(text):
        found = _NAMED.match(text, place)
        if found is None:
            return []
        mails.append((_bare(found["named"] or found["alone"]), None))
        place = found.end()
    return mails


def _listed_mails(text: str) -> list[Mail]:
    """Return addresses among words that say what they are; other words spoil it."""
    mails: list[Mail] = []
    use: str | None = None
    for piece in filter(None, _BREAK.split(text)):
        address = _bare(piece)
        if "@" in address:
            mails.append((address, use))
            use = None
            continue
        said = use_of(address)
        if said is None and fold(address) not in _MAIL_LABELS:
            return []
        if said is not None and piece.startswith("(") and mails and mails[-1][1] is None:
            mails[-1] = (mails[-1][0], said)
        elif said is not None:
            use = said
    if use is not None and len(mails) == 1 and mails[0][1] is None:
        mails[0] = (mails[0][0], use)
    return mails


def _bare(piece: str) -> str:
    """Return an address without what a mail client, a link or a sentence put around it."""
    bare = piece.strip(_AROUND)
    if found := _SCHEME.match(bare):
        bare = unquote(bare[found.end() :].lstrip("/").partition("?")[0])
    return bare.strip(_AROUND)
