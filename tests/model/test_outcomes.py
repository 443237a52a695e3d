from __future__ import annotations

import pytest

from tap_compleetpersy.model.outcomes import compile_outcomes


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("abgelehnt", "DECLINED"),
        ("Absage", "DECLINED"),
        ("Abgelehnte Bewerbung", "DECLINED"),
        ("abgesagt", "DECLINED"),
        ("rejected", "DECLINED"),
        ("Declined by candidate", "DECLINED"),
        ("refused", "DECLINED"),
        ("Bewerbung zurückgezogen", "DECLINED"),
        ("withdrawn", "DECLINED"),
        ("Absage nach Interview", "DECLINED"),
        ("Zusage zurückgezogen", "DECLINED"),
        ("Zusage", "HIRED"),
        ("zugesagt", "HIRED"),
        ("HIRED", "HIRED"),
        ("placed", "HIRED"),
        ("vermittelt", "HIRED"),
        ("eingestellt", "HIRED"),
        ("Eingestellt.", "HIRED"),
        ("Verfahren eingestellt", None),
        ("neu", "PENDING"),
        ("Neue Bewerbung", "PENDING"),
        ("offen", "PENDING"),
        ("open", "PENDING"),
        ("eingegangen", "PENDING"),
        ("received", "PENDING"),
        ("in Bearbeitung", "PENDING"),
        ("in progress", "PENDING"),
        ("in_progress", "PENDING"),
        ("in Prüfung", "PENDING"),
        ("interview", "PENDING"),
        ("Interview 2", "PENDING"),
        ("eingeladen", "PENDING"),
        ("Vorstellungsgespräch", "PENDING"),
        ("Angebot", "PENDING"),
        ("offer", "PENDING"),
        ("pending", "PENDING"),
        ("nicht abgelehnt", None),
        ("kein Interview", None),
        ("not hired", None),
        ("no offer", None),
        ("keine Absage", None),
        ("active", None),
        ("Interviewer", None),
        ("", None),
        ("...", None),
    ],
)
def test_built_in_words(status: str, outcome: str | None) -> None:
    assert compile_outcomes({})(status) == outcome


@pytest.mark.parametrize(
    ("outcomes", "status", "outcome"),
    [
        ({"Talentpool": "PENDING"}, "talentpool", "PENDING"),
        ({"Talentpool": "PENDING"}, "Talentpool.", "PENDING"),
        ({"Abges.": "DECLINED"}, "abges", "DECLINED"),
        ({"interview": "HIRED"}, "Interview", "HIRED"),
        ({"interview": "HIRED"}, "Interview 2", "PENDING"),
        ({"nicht da": "DECLINED"}, "nicht da", "DECLINED"),
        ({"z": {"B": {" da": "HIRED"}}}, "z.B. da", "HIRED"),
        ({"Abges": {"": "DECLINED"}}, "Abges.", "DECLINED"),
        ({"x": "hired"}, "X", "HIRED"),
    ],
    ids=str,
)
def test_the_setting_wins(outcomes: dict[str, object], status: str, outcome: str) -> None:
    assert compile_outcomes(outcomes)(status) == outcome
