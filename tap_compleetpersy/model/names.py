"""Given and family names, where they stand apart and where one text holds both."""

from __future__ import annotations

import re
import typing as t

Names: t.TypeAlias = tuple["str | None", "str | None"]
"""Given and family name."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES: t.Final = _words("""
    b.a b.eng b.sc betriebsw bsc dent dipl dr fr fh frau h.c habil hc herr herrn
    hr inf inform ing jur kff kfm llm m.a m.eng m.sc mag math mba med mr mrs ms msc mult nat
    oec paed pd ph.d phd phil pol prof professor professorin psych päd rer soz staatl
    univ verw vet volksw wirt dr.in mag.a prof.in
""")
_GENERATIONS: t.Final = _words("""
    ii iii iv jr jun junior sen senior sr
""")
_PARTICLES: t.Final = _words("""
    al bin da das de del della dem den der des di dos du e el ibn la le te ten ter tho und
    van vom von y zu zum zur 't \u2019t
""")
_NOBLE: t.Final = _PARTICLES | _words("""
    baron baronesse baronin edle edler freifrau freiherr freiin fürst fürstin graf gräfin
    herzog herzogin prinz prinzessin ritter
""")
_CAPITALS: t.Final = _words("al bin da de del della di dos du el ibn ten ter vom von zum zur")
"""Particles that are sure enough where they begin with a capital."""
_ASIDE = re.compile(
    r"(?<![^\s,])(?:\((?:[mwdx]|männlich|weiblich|divers)\)|\"[^\"]*\"|„[^“”\"]*[“”\"]"
    r"|\(?(?:geb\.?|geborene[nr]?|née)\s+(?:(?:v[oa]n|de[nr]?|zu)\s+)*[^\s,()]+\)?)(?![^\s,])",
    re.IGNORECASE,
)
"""What stands beside a name: the sex, a pet name, the name at birth."""
_WORD = re.compile(
    r"['\u2019]?[^\W\d_](?:[^\W\d_]|(?:\.?['\u2019\u2010\u2011-]|\.)(?=[^\W\d_]))*\.?"
)
_MOST_WORDS: t.Final = 8
_SHORTEST: t.Final = 3
"""Letters of a name in capitals: fewer may be initials."""


def compose_names(
    first: str | None, last: str | None, whole: str | None, prefix: str | None
) -> tuple[Names, bool]:
    """Return given and family name, and whether the whole text was understood where needed.

    All are as received: `whole` is a text that holds both (`FormattedName`, or `Name` of flat
    records), `prefix` a `Namenszusatz` as of `is_particles`.
    """
    if whole is None or last is not None:
        return (first, _with_prefix(last, prefix)), True
    if first is None:
        names = split_name(whole)
        if names is None:
            return (None, None), False
        first, last = names
    else:
        last = _rest(whole, first)
    return (first, _with_prefix(last, prefix)), last is not None


def _rest(whole: str, given: str) -> str | None:
    """Return the family name in a text, the given one being known.

    A text without it is a family name: `Name` of German records beside `Vorname`.
    """
    words = " ".join(_without_titles(_ASIDE.sub(" ", whole).replace(",", " , ").split()))
    folded, part = words.lower(), given.lower()
    if folded.startswith(f"{part} "):
        return _plain(words[len(given) :])
    if folded.endswith(f" , {part}"):
        return _plain(words[: -len(given) - 3])
    return None if part in folded.split() else _plain(words)


def _plain(text: str) -> str | None:
    return None if "," in text else text.strip() or None


def split_name(text: str) -> tuple[str, str] | None:
    """Return given and family name of a whole name, or None when nobody can know.

    `Müller, Hans` and `Heide, Anna von der` say themselves which is which; so do two words,
    since a formatted name is written as it is spoken, and particles: `Anna von der Heide`.
    Three words do not (`Hans Peter Müller`, `Hans Müller Schmidt`).
    """
    parts = [_without_titles(part.split()) for part in _ASIDE.sub(" ", text).split(",")]
    parts = [part for part in parts if part]
    if not parts or sum(map(len, parts)) > _MOST_WORDS or len(parts) > 2:  # noqa: PLR2004
        return None
    if not all(_WORD.fullmatch(word) for part in parts for word in part):
        return None
    return _spoken(parts[0]) if len(parts) == 1 else _sorted(*parts)


def _sorted(family: list[str], given: list[str]) -> tuple[str, str] | None:
    """Return the names of `Heide, Anna von der`: particles at the end belong to the family."""
    end = len(given)
    while end > 1 and (
        given[end - 1] in _NOBLE or (end < len(given) and given[end - 1].casefold() in _NOBLE)
    ):
        end -= 1
    return " ".join(given[:end]), " ".join((*given[end:], *family))


def _spoken(words: list[str]) -> tuple[str, str] | None:
    place = _place_of_particle(words)
    if place is None:
        if len(words) != 2:  # noqa: PLR2004
            return None
        # `KRANZ Ida`: forms ask for family names in capitals.
        first, last = words if _is_given(words[0]) or not _is_given(words[1]) else words[::-1]
        return first, last
    if place == 0 or words[-1].casefold() in _PARTICLES:
        return None
    # `Hans Peter van Dam`: what stands before the particle is given, but for `Graf von`.
    while place > 1 and words[place - 1].casefold() in _NOBLE:
        place -= 1
    return " ".join(words[:place]), " ".join(words[place:])


def _is_given(word: str) -> bool:
    return len(word) < _SHORTEST or not word.isupper()


def _place_of_particle(words: list[str]) -> int | None:
    """Return where the first particle stands; one with a capital may be a name among two."""
    known = {place: word for place, word in enumerate(words) if word in _PARTICLES}
    if not known and len(words) > 2:  # noqa: PLR2004
        particles = _PARTICLES if all(map(str.isupper, words)) else _CAPITALS
        known = {place: word for place, word in enumerate(words) if word.casefold() in particles}
    return min(known, default=None)


def _without_titles(words: list[str]) -> list[str]:
    """Return words without titles, forms of address and generations: none is a name."""
    return [word for word in words if not _is_title(word)]


def _is_title(word: str) -> bool:
    bare = word.casefold().strip("().")
    parts = [part for part in re.split(r"[.-]+", bare) if part]
    return bare in _GENERATIONS or bare in _TITLES or all(part in _TITLES for part in parts)


def is_particles(text: str) -> bool:
    """Whether a text is what may stand before a family name."""
    return all(word.casefold() in _NOBLE for word in text.split())


def _with_prefix(last: str | None, prefix: str | None) -> str | None:
    """Return a family name with `von der` before it."""
    if last is None or prefix is None:
        return last
    joined = " ".join(prefix.split())
    return last if last.casefold().startswith(f"{joined.casefold()} ") else f"{joined} {last}"
