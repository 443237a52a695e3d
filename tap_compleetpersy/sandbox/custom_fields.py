"""The custom fields of the fictional tenant: one line each, every type once."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.sandbox.draw import Draw

LANGUAGES = ("Deutsch", "Polnisch", "Türkisch", "Englisch", "Rumänisch", "Französisch")
DEGREES = ("Hauptschule", "Mittlere Reife", "Abitur", "Meister", "Bachelor", "Master")
REMARKS = (
    "Bitte erst ab 17 Uhr anrufen.",
    "Sehr gute Referenzen, R&D-Erfahrung",
    "Umzug nach Köln möglich",
)


def _moment(draw: Draw, year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.below(365 * 24 * 60))


def _languages(draw: Draw) -> list[str]:
    return draw.sample(LANGUAGES, 1 + draw.below(3))


def _notice(draw: Draw) -> dict[str, t.Any]:
    return {"Anzahl": 1 + draw.below(6), "Einheit": draw.pick(("Wochen", "Monate"))}


class CustomField(t.NamedTuple):
    """A custom field: its key, the share of candidates that have it, and how a value is drawn."""

    key: str
    fill_rate: float
    value: Callable[[Draw], t.Any]


CUSTOM_FIELDS = (
    CustomField("Gehaltswunsch", 0.7, lambda draw: f"{28 + draw.below(50)}.{draw.below(2) * 5}00"),
    CustomField("Personalnummer", 0.4, lambda draw: f"{draw.below(100):03d}"),
    CustomField(
        "Fuehrerschein", 0.8, lambda draw: draw.pick(("B", "B", "BE", "C1", "CE", "keiner"))
    ),
    CustomField("Eintrittsdatum", 0.6, lambda draw: f"{_moment(draw, 2027):%d.%m.%Y}"),
    CustomField("Schichtbereit", 0.9, lambda draw: draw.pick(("0", "1"))),
    CustomField("Staplerschein", 0.5, lambda draw: draw.pick(("ja", "nein"))),
    CustomField("Newsletter", 0.9, lambda draw: draw.chance(0.3)),
    CustomField("Entfernung_km", 0.6, lambda draw: draw.below(120)),
    CustomField("Stundenlohn", 0.3, lambda draw: 12 + draw.below(60) / 4),
    CustomField("Berufsjahre", 0.5, lambda draw: str(draw.below(40))),
    CustomField(
        "Letzter Kontakt", 0.5, lambda draw: f"{_moment(draw, 2025):%Y-%m-%dT%H:%M:%S}+00:00"
    ),
    CustomField("Sprachen", 0.6, _languages),
    CustomField("Kuendigungsfrist", 0.4, _notice),
    CustomField("Höchster Abschluss", 0.5, lambda draw: draw.pick(DEGREES)),
    CustomField("Bemerkung", 0.2, lambda draw: draw.pick(REMARKS)),
    CustomField("Werksausweis-Nr.", 0.03, lambda draw: f"{draw.below(10**6):08d}"),
)


def custom_fields(draw: Draw) -> dict[str, t.Any]:
    """Draw the custom fields of one candidate: wire key to JSON value."""
    return {field.key: field.value(draw) for field in CUSTOM_FIELDS if draw.chance(field.fill_rate)}
