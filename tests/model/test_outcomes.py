from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model import outcomes as words
from tap_compleetpersy.model.outcomes import OUTCOMES, RULES, built_in, compile_outcomes


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


KINDS: dict[str, dict[str | None, str]] = {
    "a hire that is waited for": {
        "PENDING": "Zusage steht aus; Wird bald vermittelt; Zusage vorgemerkt; To be placed; "
        "Awaiting hire decision: hired; Soll eingestellt werden; Einstellung vorgesehen",
    },
    "a refusal that is waited for": {"PENDING": "Absage geplant; Ablehnung vorbereiten"},
    "a hire elsewhere": {
        None: "Hired elsewhere by others; Bei anderem Kunden vermittelt; Anderweitig vermittelt; "
        "Placed with a competitor; Zusage für andere Stelle; Extern eingestellt",
    },
    "an offer decides by what became of it": {
        "HIRED": "Angebot unterschrieben; Contract countersigned; OfferAccepted; Vertrag "
        "angenommen; Vertragsannahme",
        "DECLINED": "Offer revoked; Offer_lapsed; Angebot ausgeschlagen; Vertrag widerrufen; "
        "Angebot storniert; Candidate refuses offer: declined; Zusage widerrufen",
        "PENDING": "Angebot erstellt; Offer sent; Vertrag in Prüfung; Offer acceptance pending",
        None: "Accepted another offer",
    },
    "an appointment is no decision": {
        "PENDING": "Zusage für das Telefonat; Probetag zugesagt; Terminzusage; Gespräch bestätigt",
        None: "Probearbeiten abgesagt; Gesprächsabsage; Einladung abgesagt; Interview cancelled",
        "HIRED": "Zusage nach Probearbeiten",
        "DECLINED": "Abgesagt nach Gespräch; Absage ohne Gespräch; Interview failed",
    },
    "both, or a refusal that was undone": {
        None: "Zu-/Absage; Zu- und Absagen; Ab-/Zusage versendet; Hired/Rejected; "
        "Absage widerrufen; Rejection revoked; Ablehnung aufgehoben",
    },
    "a negation": {
        None: "nicht vermittelt; keine Zusage; not placed; Vertrag nicht unterschrieben",
        "DECLINED": "nicht passend; nicht mehr interessiert; not a fit; No show; "
        "Qualifikation nicht ausreichend; keine Eignung",
        "PENDING": "noch nicht gesichtet; not yet decided; nicht zugewiesen",
    },
    "eingestellt": {
        "HIRED": "eingestellt ab 1. März; Wurde zum 01.03.2027 eingestellt; Einstellung erfolgt; "
        "Kandidatin eingestellt (Teilzeit)",
        None: "Suche eingestellt; Anzeige eingestellt; Einstellung der Suche",
    },
    "a vacancy that is gone": {
        "DECLINED": "Stelle besetzt; Position filled; Job closed; Stelle anderweitig vergeben",
        None: "Closed; Besetzt; Stelle besetzt mit Kandidat",
    },
    "compounds": {
        "PENDING": "Zweitinterview; Kundengespräch; Absagevorschlag; Vertragsverhandlung; "
        "Angebotsphase; Eingangsprüfung",
        "DECLINED": "Kundenabsage; Absageschreiben versendet; Bewerberrückzug",
        "HIRED": "Jobzusage",
    },
    "what is over without saying how": {
        None: "archiviert; Interview archiviert; deleted; Neu im Talentpool; Duplicate; Draft",
    },
    "spellings": {
        "PENDING": "PhoneScreen; HRInterview; IN_REVIEW; On-Hold; Waiting-for-Evaluation; "
        "Vorstellungsgespraech; ÜBERPRÜFUNG",
        "DECLINED": "AutoRejected; CANDIDATE_WITHDREW; Un-Qualified; zurueckgezogen",
    },
    "steps of the usual systems": {
        "PENDING": "Longlist; Reference Checks; Wiedervorlage; Zurückgestellt; Client Submission; "
        "Invited; Schnuppertag; Betriebsrat; Under Consideration; Unassigned; Inbox",
        "HIRED": "Onboarding; Joined; Angestellt; Akzeptiert; Im Einsatz",
        "DECLINED": "Disqualified; Aussortiert; Backed out; Turned down; Ausgeschieden; "
        "Überqualifiziert",
    },
}


LATER: dict[str, dict[str | None, str]] = {
    "a whole status with a day or a contract": {
        "HIRED": "Angenommen per 15.2.; Akzeptiert (unbefristet); Festanstellung ab Juli; "
        "Wiedereingestellt zum 3.4.",
        "PENDING": "Bewerbung 17; Hearing im Mai",
        None: "Aktion 2026",
    },
    "a refusal with its reason": {
        "DECLINED": "Ablehnung, nicht passend; Absage: kein Bedarf; Rejected, not interested; "
        "Abgelehnt wegen mangelnder Erfahrung; Fehlende Russischkenntnisse; Lack of skills; "
        "Zu wenig Erfahrung; Over-Qualified; Schichten passen nicht",
        None: "keine Ablehnung; Zusage fehlt; Vorlage fehlt",
    },
    "another was chosen": {
        "DECLINED": "Andere Kandidatin bevorzugt; Another applicant preferred; Entscheidung gegen "
        "Kandidatin: negativ; Hat sich anderweitig entschieden",
        None: "Für andere Stelle ausgewählt; Ausgewählt; Bevorzugt",
    },
    "what became of an offer or a position": {
        "DECLINED": "Angebot nicht akzeptiert; Vakanz entfällt; Job opening cancelled; Vertrag "
        "nicht zustande gekommen; Zusage revidiert",
        "HIRED": "Arbeitsvertrag abgeschlossen; Vermittlung abgeschlossen; Vertragsabschluss; "
        "Eingestellt (befristet bis 3.4.)",
        None: "Absage revidiert; Rejection withdrawn",
    },
    "a refusal or an invitation to be written": {
        "PENDING": "abzulehnen; einzuladende Bewerber; To reject; Absage freigeben",
        "DECLINED": "Absage vor Probetag; nicht eingeladen",
    },
    "further steps": {
        "PENDING": "Gelesen; Viewed; Eingänge; VG 2; Sprach-Test; Test bestanden; Geparkt; "
        "Kundenkontakt; Betriebsratsanhörung; Verhandlungsphase; Profil verschickt; Bedingt "
        "geeignet; Qualified; Rückruf; Unterlagen fehlen; Initiativbewerbung; Vor Ort; Zugestellt",
        "DECLINED": "Test nicht bestanden; Not qualified; Feedback negativ",
    },
    "a verb with its prefix at the end": {
        "DECLINED": "Kandidatin lehnt Vertrag ab; Bewerber zog Bewerbung zurück; "
        "Bewerber sagte nach Hospitation ab",
        "HIRED": "Bewerberin nimmt Offerte an; Kunde sagt Bewerber zu",
        "PENDING": "Bewerber sagt Probetag zu",
        None: "Bewerber sagt Termin ab; Kunde zieht Absage zurück",
    },
    "a refusal of what was proposed, or of a person": {
        "DECLINED": "Kundenvorschlag abgelehnt; Proposal rejected; Probetag nicht erfolgreich; "
        "Uninteressant; Wird nicht weiter verfolgt; Not under consideration; Did not pass test; "
        "Regret mail; Extern besetzt; Bewerbung zurückgenommen",
        "PENDING": "Absage vorgeschlagen; Vorschlag angenommen; Telefonisch nicht erreichbar",
        "HIRED": "Vom Kunden übernommen; Arbeitsaufnahme am 3.4.; Pre-Boarding",
    },
}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        pytest.param(status.strip(), outcome, id=f"{kind}: {status.strip()}")
        for kind, outcomes in (KINDS | LATER).items()
        for outcome, statuses in outcomes.items()
        for status in statuses.split(";")
    ],
)
def test_statuses_by_rules(status: str, outcome: str | None) -> None:
    assert compile_outcomes({})(status) == outcome


REFUSALS = st.sampled_from(("Absage", "abgelehnt", "rejected", "withdrawn", "disqualifiziert"))
HIRES = st.sampled_from(("Zusage", "hired", "vermittelt", "placed"))
WAITS = st.sampled_from(("ausstehend", "wird", "noch", "awaiting", "to be", "geplant"))
FILLERS = st.lists(st.sampled_from(("Bewerber", "durch", "2", "am", "Montag", "-", "(", ")")))
BETWEEN = st.sampled_from((" ", "_", "/", " - ", "  "))


@given(HIRES, WAITS, FILLERS, BETWEEN, st.randoms(use_true_random=False))
def test_no_hire_that_is_waited_for_is_one(
    hire: str, wait: str, fillers: list[str], between: str, order: t.Any
) -> None:
    words = [hire, wait, *fillers]
    order.shuffle(words)
    assert built_in(between.join(words)) == "PENDING"


@given(HIRES, REFUSALS, FILLERS)
def test_nobody_is_hired_and_refused_at_once(hire: str, refusal: str, fillers: list[str]) -> None:
    assert built_in(" ".join([hire, *fillers, refusal])) != "HIRED"


@given(
    st.text(max_size=300) | st.lists(HIRES | REFUSALS | WAITS | st.text(max_size=5)).map("".join)
)
def test_any_text_is_read_the_same_in_any_case_of_its_blanks(text: str) -> None:
    outcome = built_in(text)
    assert outcome in {*OUTCOMES, None}
    assert built_in(f"  {text}\n") == outcome


def test_every_mark_of_a_word_is_known_to_a_rule() -> None:
    used = frozenset[str]().union(*(m for rule in RULES for m in (*rule.all_of, rule.none_of)))
    said = {
        mark
        for table in (words.GERMAN, words.ENGLISH)
        for row, _ in words.rows(table)
        for mark in row
    }
    said |= {mark for row, _ in words.rows(words.PHRASES, ";") for mark in row}
    assert said == used == {*t.get_args(words.Mark)}


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
