"""What people write into a field for telephone numbers.

Several numbers, and words about them: `privat: 089 123456, mobil 0171 1234567 (ab 18 Uhr)`.
A number is kept as it was written; nothing is completed or moved into another country.
"""

from __future__ import annotations

import re
import typing as t

from tap_compleetpersy.model.contacts import use_of

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
_USUAL = re.compile(r"\+?\(?[0-9]{2,4}\)?[0-9 ]{0,10}[0-9]")
is_usual_phone: t.Final = _USUAL.fullmatch
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
_LONGEST: t.Final = 15
_HOURS = re.compile(
    r"\b[0-9]{1,2}(?:[:.][0-9]{2})?(?:\s*(?:-|\u2013|bis|und)\s*[0-9]{1,2}(?:[:.][0-9]{2})?)?\s*(?:uhr|h)\b"
    r"|\b[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})(?![0-9/])"
    r"|(?<=[^\W\d_])\s?[1-9]\s*[:=]",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\b(?:durchwahl|dw|ext|extension|app|apparat|nebenstelle|nst|klappe|kl|x)\b", re.IGNORECASE
)
_LABELS = frozenset({
    "tel", "telefon", "telephone", "phone", "t", "nr", "nummer", "no", "number", "rufnummer",
    "telefonnummer", "festnetz", "festnetznummer", "notruf", "ist", "und",
})  # fmt: skip
_AND = frozenset({"oder", "und", "or", "and", "u", "o", "bzw"})


def read_phones(text: str) -> list[Phone] | None:
    """Read the numbers of a field.

    Args:
        text: Clean text.

    Returns:
        Each number with its use, which is None where no word says it; None when the text
        cannot be understood: no number of three digits, or digits that belong nowhere.
    """
    if _USUAL.fullmatch(text) or _PLAIN.fullmatch(text):
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
            phones[-1] = (phones[-1][0], _use(pieces))
        phones += read
    return phones or None


class _Piece(t.NamedTuple):
    """A number or a word, and where it ends."""

    text: str
    is_number: bool
    end: int


def _parts(text: str) -> list[list[_Piece]]:
    """Split a text where one number ends and another begins."""
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
    """Split a run of digits where a whole number stands on both sides."""
    for mark in (_TWO if _digits(run) <= _LONGEST else _BLANK).finditer(run):
        left, right = run[: mark.start()], run[mark.end() :]
        if _digits(left) >= _SURE and _digits(right) >= _SURE:
            return [_trimmed(left), *_numbers(right)]
    return [_trimmed(run)]


def _trimmed(run: str) -> str:
    """Take away what belongs to the words around a number: a bracket, a dash."""
    number = run.strip().rstrip("(/.-\u2010\u2011\u2012\u2013\u2014\u2015 \t\n")
    number = number.lstrip("/.- ")
    if number.count(")") > number.count("("):
        number = number.rstrip(") ")
    if number.count("(") > number.count(")"):
        number = number.removeprefix("(").lstrip("/.- ")
    return number


def _read_part(text: str, pieces: list[_Piece]) -> list[Phone] | None:
    """Read a part: each number with the words before it, or after the last one.

    Returns:
        Its numbers, none when it has no digits; None when it cannot be understood.
    """
    places = [place for place, piece in enumerate(pieces) if piece.is_number]
    if not places:
        return []
    if len(places) == 2 and _is_extension(pieces, places):  # noqa: PLR2004
        start = text.rindex(pieces[places[0]].text, 0, pieces[places[0]].end)
        number = text[start : pieces[places[1]].end]
        return [(_trimmed(number), _use(pieces[: places[0]]))]
    phones: list[Phone] = []
    begins_with_word = places[0] > 0
    for order, place in enumerate(places):
        least = _LEAST if len(places) == 1 and all(map(_is_known, pieces)) else _SURE
        if not least <= _digits(pieces[place].text) <= _MOST:
            return None
        before = pieces[(places[order - 1] + 1) if order else 0 : place]
        after = pieces[place + 1 : places[order + 1] if order + 1 < len(places) else len(pieces)]
        use = _use(before) if begins_with_word else _use(after)
        if use is None and len(places) == 1:
            use = _use(after)
        phones.append((pieces[place].text, use))
    return phones


def _is_known(piece: _Piece) -> bool:
    """Whether a word cannot be a part of the number, as in `0800 FLOWERS`."""
    return piece.is_number or piece.text.casefold() in _LABELS or use_of(piece.text) is not None


def _is_extension(pieces: list[_Piece], places: list[int]) -> bool:
    between = " ".join(piece.text for piece in pieces[places[0] + 1 : places[1]])
    return _digits(pieces[places[1]].text) < _SURE and bool(_EXTENSION.fullmatch(between))


def _use(pieces: list[_Piece]) -> str | None:
    """Read the use from words; a mobile or fax number is one whatever else they say."""
    uses = {use for piece in pieces if (use := use_of(piece.text)) is not None}
    return next((use for use in ("MOBILE", "FAX", "HOME", "WORK") if use in uses), None)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)
