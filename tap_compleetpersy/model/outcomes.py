"""What a remote status says about the outcome of an application.

A status becomes words, words become marks (`outcome_words`), and the first rule that holds
for the marks decides. What no rule knows is null: the setting `outcomes` is there for it.
"""

from __future__ import annotations

import re
import typing as t
from functools import lru_cache

from tap_compleetpersy.model import outcome_words as words
from tap_compleetpersy.model.text import clean_text, dotted

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tap_compleetpersy.model.outcome_words import Mark

OUTCOMES: t.Final = ("PENDING", "HIRED", "DECLINED")

_STATUSES_KEPT: t.Final = 1000
_LONGEST: t.Final = 200
"""Letters of a status that are read: longer ones are prose."""
_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[A-ZÄÖÜ])(?=[A-ZÄÖÜ][a-zäöü])")
_BOTH = re.compile(r"\b(zu|ab)[- ]*(?:/|und|oder|bzw|u\b|o\b|&|,)[-. ]*(zu|ab)(ge)?(sag\w+)")
_WORD = re.compile(r"[^\W_]+")
_HEADS, _FIRST_PARTS = tuple(words.HEADS.split()), tuple(words.FIRST_PARTS.split())
_ASIDE = frozenset(words.ASIDE.split())
_BESIDE_HIRED = _ASIDE.union(words.BESIDE_HIRED.split())
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def compile_outcomes(extra: Mapping[str, object]) -> Callable[[str], str | None]:
    """Return the function that reads statuses (`docs/german.md`, "Outcomes"), None when unknown.

    `extra` is the setting `outcomes`: a whole status to `PENDING`, `HIRED` or `DECLINED`. Objects
    in it are statuses that Meltano split at dots.
    """
    given = {
        whole(status): outcome.strip().upper()
        for status, outcome in dotted(extra)
        if isinstance(outcome, str)
    }

    @lru_cache(maxsize=_STATUSES_KEPT)
    def read(status: str) -> str | None:
        return given.get(whole(status)) or built_in(status)

    return read


def whole(status: str) -> str:
    """Return a status in the form that is compared: no case, no trailing dot."""
    text = clean_text(status) or ""
    return " ".join(text.casefold().rstrip(". ").split())


def built_in(status: str) -> str | None:
    """Return what the built-in words and rules say of a status, None when nothing."""
    said = tokens(status)
    rest = [word for word in said if word not in _ASIDE and not word[0].isdigit()]
    alone = _alone().get(" ".join(said)) or _alone().get(" ".join(rest))
    return alone or decide(frozenset(marks(said)))


def tokens(status: str) -> tuple[str, ...]:
    """Return the words of a status, without case, their umlauts written out.

    `InterviewPlanned`, `in_progress`, `Zu-/Absage`.
    """
    text = _CAMEL.sub(" ", (clean_text(status) or "")[:_LONGEST]).casefold()
    text = _BOTH.sub(r"\1\3\4 \2\3\4", text.translate(_UMLAUTS))
    return tuple(_WORD.findall(text))


def marks(said: tuple[str, ...]) -> Iterator[Mark]:
    """Yield what the words of a status mark, phrases first."""
    place = 0
    while place < len(said):
        for length in range(min(_longest_phrase(), len(said) - place), 0, -1):
            part = said[place : place + length]
            found = _vocabulary().get(" ".join(part)) or _unfit(part)
            if found is not None:
                yield from found
                break
        else:
            length = 1
            yield from _compound(said[place])
        place += length
    yield from _hired_alone(said)


def _hired_alone(said: tuple[str, ...]) -> Iterator[Mark]:
    """Yield a hire for `eingestellt` with a date, and for a hiring that is done or waited for."""
    rest = [word for word in said if word not in words.HIRED_ALONE]
    if len(rest) < len(said) and all(
        word in _BESIDE_HIRED or word[:1].isdigit() or _decides(word) for word in rest
    ):
        yield "hire"
    if words.HIRING in said:
        waits = any("waiting" in _vocabulary().get(word, ()) for word in said)
        if waits or not words.HIRING_DONE.isdisjoint(said):
            yield "hire"


def _unfit(part: tuple[str, ...]) -> tuple[Mark, ...] | None:
    """Return the refusal that `nicht geeignet` is, else None."""
    if len(part) != 2:  # noqa: PLR2004
        return None
    first, second = map(_marks_of, part)
    return ("refusal",) if "no" in first and "fitting" in second else None


def _decides(word: str) -> bool:
    """Whether a word is a decision, a negation or one of waiting."""
    return not {"refusal", "withdrawn", "no", "elsewhere", "waiting"}.isdisjoint(_marks_of(word))


def _marks_of(word: str) -> tuple[Mark, ...]:
    return _vocabulary().get(word) or tuple(_compound(word))


def _compound(word: str) -> Iterator[Mark]:
    """Yield what the parts of a German compound mark."""
    head = next((head for head in _HEADS if word.endswith(head)), None)
    first = next((first for first in _FIRST_PARTS if word.startswith(first)), None)
    for part in (head, first):
        if part is not None:
            yield from _vocabulary()[part]


class _Rule(t.NamedTuple):
    """Holds when there is one mark of each of `all_of`, and none of `none_of`."""

    outcome: str | None
    all_of: tuple[frozenset[Mark], ...]
    none_of: frozenset[Mark] = frozenset()


def _any(*of: Mark) -> frozenset[Mark]:
    return frozenset(of)


RULES: t.Final = (
    _Rule(None, (_any("not yet"), _any("sent"))),
    _Rule("PENDING", (_any("not yet"),)),
    _Rule(
        "DECLINED",
        (_any("no", "lacking"), _any("fitting")),
        _any("hire", "refusal", "accepted"),
    ),
    _Rule(None, (_any("no"),)),
    _Rule(None, (_any("lacking"),), _any("refusal", "withdrawn")),
    _Rule(None, (_any("hire", "accepted"), _any("refusal")), _any("offer")),
    _Rule(None, (_any("hire"), _any("refusal"))),
    # A refusal that was taken back; an offer that was is one.
    _Rule(None, (_any("called off"), _any("withdrawn", "undone"))),
    _Rule(None, (_any("refusal"), _any("undone")), _any("offer")),
    _Rule("DECLINED", (_any("refusal", "withdrawn"), _any("elsewhere")), _any("waiting")),
    _Rule(
        "DECLINED",
        (_any("chosen"), _any("elsewhere")),
        _any("hire", "accepted", "vacancy", "waiting"),
    ),
    _Rule(None, (_any("hire", "accepted"), _any("elsewhere"))),
    _Rule("DECLINED", (_any("offer", "hire"), _any("withdrawn", "undone"))),
    _Rule("PENDING", (_any("offer"), _any("accepted"), _any("waiting")), _any("refusal")),
    _Rule("DECLINED", (_any("offer"), _any("refusal")), _any("accepted", "waiting")),
    _Rule(None, (_any("offer"), _any("refusal"), _any("accepted"))),
    _Rule("HIRED", (_any("offer"), _any("accepted"))),
    _Rule("PENDING", (_any("hire", "refusal"), _any("waiting"))),
    _Rule("PENDING", (_any("promise"), _any("appointment")), _any("after")),
    _Rule(None, (_any("called off"), _any("appointment")), _any("after")),
    _Rule("DECLINED", (_any("vacancy"), _any("closed", "undone")), _any("hire")),
    _Rule("DECLINED", (_any("refusal", "withdrawn"),)),
    _Rule("HIRED", (_any("hire"),)),
    _Rule(None, (_any("unclear", "undone", "elsewhere"),)),
    _Rule("PENDING", (_any("pending"),)),
)
"""In the order in which they decide: `Absage nach Interview` is a refusal."""


def decide(found: frozenset[Mark]) -> str | None:
    """Return the outcome of the first rule that holds for some marks, None without one."""
    for outcome, all_of, none_of in RULES:
        if found.isdisjoint(none_of) and not any(map(found.isdisjoint, all_of)):
            return outcome
    return None


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, tuple[Mark, ...]]:
    """Return the marks of each word and phrase; a word of two rows has those of both."""
    known: dict[str, tuple[Mark, ...]] = {}

    def learn(heading: tuple[str, ...], texts: Iterable[str]) -> None:
        for text in texts:
            known[text] = (*known.get(text, ()), *t.cast("tuple[Mark, ...]", heading))

    for heading, texts in words.rows(words.GERMAN):
        learn(heading, (f"{text}{end}" for text in texts for end in words.GERMAN_ENDINGS))
    for heading, texts in (*words.rows(words.ENGLISH), *words.rows(words.PHRASES, ";")):
        learn(heading, texts)
    return known


@lru_cache(maxsize=1)
def _alone() -> dict[str, str]:
    return {text: outcome for (outcome,), texts in words.rows(words.WHOLE) for text in texts}


@lru_cache(maxsize=1)
def _longest_phrase() -> int:
    return max(text.count(" ") + 1 for text in _vocabulary())
