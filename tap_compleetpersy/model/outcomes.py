"""What a remote status says about the outcome of an application."""

from __future__ import annotations

import re
import typing as t

from tap_compleetpersy.model.text import clean_text

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OUTCOMES: t.Final = ("PENDING", "HIRED", "DECLINED")

# German adjectives and participles come with these endings.
_ENDINGS = ("", "e", "en", "er", "es", "em")


def _inflected(*words: str) -> frozenset[str]:
    return frozenset(word + ending for word in words for ending in _ENDINGS)


_NEGATIONS = frozenset({"nicht", "not", "no"}) | _inflected("kein")
# In the order in which they decide: `Absage nach Interview` is a refusal.
_WORDS: t.Final = (
    (
        "DECLINED",
        _inflected("abgelehnt", "abgesagt", "zurückgezogen", "zurueckgezogen")
        | {"absage", "absagen", "rejected", "declined", "refused", "withdrawn"},
    ),
    (
        "HIRED",
        _inflected("zugesagt", "vermittelt") | {"zusage", "zusagen", "hired", "placed"},
    ),
    (
        "PENDING",
        _inflected("neu", "offen", "eingegangen", "eingeladen", "angebot")
        | _inflected("vorstellungsgespräch", "vorstellungsgespraech")
        | {"new", "open", "received", "bearbeitung", "progress", "prüfung", "prüfungen"}
        | {"pruefung", "screening", "interview", "interviews", "angebots", "angeboten"}
        | {"offer", "offers", "offene", "invited", "pending"},
    ),
)
# Procedures are ended with the same word, so alone it must stand.
_WHOLE: t.Final = {"eingestellt": "HIRED"}
_WORD = re.compile(r"[^\W_]+")


def compile_outcomes(extra: Mapping[str, object]) -> Callable[[str], str | None]:
    """Prepare the reading of statuses (`persy-api.md`, built-in outcome words).

    Args:
        extra: The setting `outcomes`: a whole status to `PENDING`, `HIRED` or
            `DECLINED`. Objects in it are statuses that Meltano split at dots.

    Returns:
        A function from a clean status to its outcome, or None when unknown.
    """
    given = {whole(status): outcome.strip().upper() for status, outcome in _flat(extra)}
    known: dict[str, str | None] = {}

    def read(status: str) -> str | None:
        if status not in known:
            if len(known) >= 1000:  # noqa: PLR2004  (bounds memory, nothing else)
                known.clear()
            text = whole(status)
            known[status] = given.get(text) or _built_in(text)
        return known[status]

    return read


def whole(status: str) -> str:
    """Bring a status into the form that is compared: no case, no trailing dot."""
    text = clean_text(status) or ""
    return " ".join(text.casefold().rstrip(". ").split())


def _built_in(text: str) -> str | None:
    words = frozenset(_WORD.findall(text))
    if words & _NEGATIONS:
        return None
    for outcome, meant in _WORDS:
        if words & meant:
            return outcome
    return _WHOLE.get(text)


def _flat(extra: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in extra.items():
        if isinstance(value, str):
            pairs.append((prefix + key, value))
        elif isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
    return pairs
