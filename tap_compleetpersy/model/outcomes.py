"""What a remote status says about the outcome of an application.

A status becomes words, words become marks, and the first rule that holds for the marks decides.
What no rule knows is null: the setting `outcomes` is there for it.

The words are German and English, those of softgarden, Personio, d.vinci, rexx, SuccessFactors,
Recruitee, Bullhorn, Greenhouse, Lever, Workday, Teamtailor, concludis, BITE, onlyfy, Umantis, P&I,
Taleo and PeopleSoft. Umlauts are written out.
"""

from __future__ import annotations

import re
import typing as t
from functools import lru_cache

from tap_compleetpersy.model.text import clean_text, dotted

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

OUTCOMES: t.Final = ("PENDING", "HIRED", "DECLINED")

_STATUSES_KEPT: t.Final = 1000
_LONGEST: t.Final = 200
"""Letters of a status that are read: longer ones are prose."""
_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[A-ZÄÖÜ])(?=[A-ZÄÖÜ][a-zäöü])")
_BOTH = re.compile(r"\b(zu|ab)[- ]*(?:/|und|oder|bzw|u\b|o\b|&|,)[-. ]*(zu|ab)(ge)?(sag\w+)")
_WORD = re.compile(r"[^\W_]+")
_VERB = re.compile(
    r"\b(lehnte?|sagte?|springt|zieht|zog|nimmt|nahm) (?!(?:ab|an|zu|zurueck)\b)(.+?) "
    r"(ab|an|zu|zurueck)\b"
)
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

    `InterviewPlanned`, `in_progress`, `Zu-/Absage`; `lehnt Angebot ab` is `lehnt ab Angebot`.
    """
    text = _CAMEL.sub(" ", (clean_text(status) or "")[:_LONGEST]).casefold()
    text = _BOTH.sub(r"\1\3\4 \2\3\4", text.translate(_UMLAUTS))
    words = " ".join(_WORD.findall(text))
    return tuple(_VERB.sub(r"\1 \3 \2", words).split())


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
    rest = [word for word in said if word not in HIRED_ALONE]
    if len(rest) < len(said) and all(
        word in _BESIDE_HIRED or word[:1].isdigit() or _decides(word) for word in rest
    ):
        yield "hire"
    if HIRING in said:
        waits = any("waiting" in _vocabulary().get(word, ()) for word in said)
        if waits or not HIRING_DONE.isdisjoint(said):
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
    all_of: tuple[t.AbstractSet[Mark], ...]
    none_of: t.AbstractSet[Mark] = frozenset()


RULES: t.Final = (
    _Rule(None, ({"not yet"}, {"sent"})),
    _Rule("PENDING", ({"not yet"},)),
    _Rule("DECLINED", ({"no", "lacking"}, {"fitting"}), {"hire", "refusal", "accepted"}),
    _Rule(None, ({"no"},)),
    _Rule(None, ({"lacking"},), {"refusal", "withdrawn"}),
    _Rule(None, ({"hire", "accepted"}, {"refusal"}), {"offer"}),
    _Rule(None, ({"hire"}, {"refusal"})),
    # A refusal that was taken back; an offer that was is one.
    _Rule(None, ({"called off"}, {"withdrawn", "undone"})),
    _Rule(None, ({"refusal"}, {"undone"}), {"offer"}),
    _Rule("DECLINED", ({"refusal", "withdrawn"}, {"elsewhere"}), {"waiting"}),
    _Rule("DECLINED", ({"chosen"}, {"elsewhere"}), {"hire", "accepted", "vacancy", "waiting"}),
    _Rule(None, ({"hire", "accepted"}, {"elsewhere"})),
    _Rule("DECLINED", ({"offer", "hire"}, {"withdrawn", "undone"})),
    _Rule("PENDING", ({"offer"}, {"accepted"}, {"waiting"}), {"refusal"}),
    _Rule("DECLINED", ({"offer"}, {"refusal"}), {"accepted", "waiting"}),
    _Rule(None, ({"offer"}, {"refusal"}, {"accepted"})),
    _Rule("HIRED", ({"offer"}, {"accepted"})),
    _Rule("PENDING", ({"hire", "refusal"}, {"waiting"})),
    _Rule("PENDING", ({"promise"}, {"appointment"}), {"after"}),
    _Rule(None, ({"called off"}, {"appointment"}), {"after"}),
    _Rule("DECLINED", ({"vacancy"}, {"closed", "undone"}), {"hire"}),
    _Rule("DECLINED", ({"refusal", "withdrawn"},)),
    _Rule("HIRED", ({"hire"},)),
    _Rule(None, ({"unclear", "undone", "elsewhere"},)),
    _Rule("PENDING", ({"pending"},)),
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

    for heading, texts in rows(GERMAN):
        learn(heading, (f"{text}{end}" for text in texts for end in GERMAN_ENDINGS))
    for heading, texts in (*rows(ENGLISH), *rows(PHRASES, ";")):
        learn(heading, texts)
    return known


@lru_cache(maxsize=1)
def _alone() -> dict[str, str]:
    return {text: outcome for (outcome,), texts in rows(WHOLE) for text in texts}


@lru_cache(maxsize=1)
def _longest_phrase() -> int:
    return max(text.count(" ") + 1 for text in _vocabulary())


# --- words and what each one marks ---------------------------------------------------

Mark: t.TypeAlias = t.Literal[
    "refusal", "called off", "withdrawn", "hire", "promise", "offer", "accepted", "undone",
    "elsewhere", "waiting", "appointment", "after", "pending", "no", "lacking", "fitting",
    "not yet", "chosen", "sent", "vacancy", "closed", "unclear",
]  # fmt: skip
"""What a word says.

A `called off` refusal and a `promise` may be about an appointment alone. `undone` takes back
what stands beside it. A `fitting` word refuses when it is negated, or `lacking`. An `unclear` one
ends a procedure without saying how.
"""

GERMAN_ENDINGS: t.Final = ("", "e", "en", "er", "es", "em", "n", "s")
"""Of adjectives, participles and nouns."""

GERMAN: t.Final = """
refusal, called off:
    absage abgesagt
refusal:
    abgelehnt ablehnung abgewiesen abweisung abgewaehlt aussortiert ausgeschieden ausgeschlossen
    ausschluss ausgeschlagen disqualifiziert unqualifiziert ungeeignet unpassend
    ueberqualifiziert unterqualifiziert durchgefallen gescheitert abgesprungen verzichtet
    verzicht desinteresse negativ verworfen uninteressant irrelevant
withdrawn:
    zurueckgezogen zurueckgetreten rueckzug ruecktritt rueckgezogen
hire, promise:
    zusage zugesagt
hire:
    vermittelt onboarding preboarding vertragsabschluss
offer, pending:
    angebot vertrag arbeitsvertrag offerte arbeitsvertraege vertraege
pending:
    angeboten vertragsunterlagen neu eingegangen eingang eingetroffen bearbeitung unbearbeitet
    ungelesen ungeprueft ungesichtet pruefung geprueft pruefen ueberpruefung vorgeprueft
    sichtung gesichtet sichten vorauswahl auswahl auswahlverfahren vorselektieren vorselektion
    selektion vorselektiert bewertung beurteilung begutachtung evaluierung evaluation eingeladen
    einladen vorgestellt vorstellung zwischenbescheid zwischenmitteilung zwischenstand
    eingangsbestaetigung wiedervorlage zurueckgestellt pausiert ruhend weitergeleitet
    weiterleitung weitergereicht uebermittelt beworben terminiert terminierung
    terminvereinbarung terminfindung terminabstimmung verhandlung entscheidungsfindung
    nachgefordert unvollstaendig fachabteilung fachbereich betriebsrat ruecksprache rueckfrage
    kontaktiert kontaktaufnahme favorit laufend laeuft vermittlung eignungstest onlinetest
    einstellungstest leistungstest warteliste nachfassen interviewrunde interviewphase
    interviewprozess vorqualifiziert vorqualifizierung referenzpruefung referenzen zustellung
    zugestellt gelesen angesehen gesehen eingaenge reserve geparkt anhoerung kontakt
    angeschrieben angesprochen angefragt klaerung klaeren rueckruf interessant abzusagen
    abzusagend abzulehnen einzuladen einzuladend einzustellen eingereicht arbeitsprobe
    abstimmung prueft rueckmeldung feedback nachruecker
accepted:
    angenommen akzeptiert unterschrieben unterzeichnet gegengezeichnet annahme
undone:
    widerrufen zurueckgenommen aufgehoben storniert annulliert verfallen abgelaufen rueckgaengig
    geplatzt gecancelt ruecknahme widerruf stornierung hinfaellig revidiert
elsewhere:
    anderweitig ander anderswo woanders wettbewerber mitbewerber konkurrenz extern fremd
waiting:
    noch wird werden soll sollen bald demnaechst vorlaeufig entwurf
waiting, pending:
    ausstehend offen warten wartet wartend abwarten abgewartet erwartet vorgemerkt vormerken
    vorgesehen geplant vorschlag vorschlaege vorgeschlagen empfohlen empfehlung beantragt
    vorbereitet vorbereitung vorbereiten vorbehaltlich vorbehalt angefordert genehmigung
    freigabe freigeben anstehend
appointment, pending:
    gespraech vg termin telefonat probearbeit probearbeiten probetag probearbeitstag hospitation
    schnuppertag schnuppern kennenlerntag einladung kennenlernen probetage probearbeitstage
    assessmentcenter videocall
after:
    nach infolge ohne vor
no:
    nicht kein nie niemals
lacking:
    fehlend fehlt fehlen mangelnd
fitting:
    passt passen passung qualifikation beruecksichtigt erschienen erscheint angetreten
    ausreichend erfuellt eignung weiterverfolgt infrage bedarf kenntnisse erfahrung
    arbeitserlaubnis erfolgreich relevant verfolgt verfolgen
fitting, pending:
    geeignet passend qualifiziert bestanden interessiert interesse
fitting, chosen:
    ausgewaehlt
chosen:
    bevorzugt entschieden
sent:
    versendet verschickt gesendet informiert mitgeteilt versandt
vacancy:
    stelle position vakanz ausschreibung planstelle
closed, unclear:
    besetzt geschlossen vergeben gestrichen entfallen entfaellt
unclear:
    archiviert archiv geloescht loeschung entfernt beendet inaktiv duplikat dublette doppelt
    gekuendigt kuendigung abgebrochen abbruch talentpool bewerberpool pool getroffen gesperrt
    anonymisiert ausgelaufen aufgeloest
"""
"""Marks, and the words that have them: each one also with the endings."""

ENGLISH: t.Final = """
refusal:
    rejected reject rejection rejections declined decline declines refused refuse refusal denied
    disqualified disqualify disqualification unqualified underqualified overqualified unsuitable
    unsuccessful failed fail fails dismissed ineligible uninterested reneged backout dropout
    noshow discarded eliminated regret regrets regretted
withdrawn:
    withdrawn withdrew withdraw withdraws withdrawal
hire:
    hired placed rehired onboarding onboarded preboarding
offer, pending:
    offer offers contract contracts
pending:
    offered new received progress inprogress processing inreview screening screen screened
    screens prescreen prescreening prescreened phonescreen interviewing interviewed invited
    invite applied applicant submitted submission review reviewed reviewing reviews unreviewed
    evaluation evaluate evaluating assessment assessments assess assessed shortlist longlist
    longlisted preselection preselected negotiation negotiating scheduled
    scheduling schedule unassigned contacted lead inbox check checks hold onhold paused
    incomplete forwarded testing tests onsite prehire sourced unread uncontacted test viewed
    seen considering resubmitted standby challenge debrief
accepted:
    accepted accept accepts signed acceptance countersigned
undone:
    rescinded rescind revoked retracted cancelled canceled cancel cancellation expired voided
    lapsed reversed undone
elsewhere:
    elsewhere other another different competitor competitors else external externally internally
waiting:
    erstellen still soon bereit draft conditional conditionally
waiting, pending:
    open pending awaiting await awaits waiting waitlist waitlisted planned recommended
    recommendation ready approval requested proposed proposal
appointment, pending:
    interview interviews appointment appointments meeting call invitation
after:
    after following without before
no:
    not no never non don doesn didn cannot
lacking:
    missing lack lacks insufficient
fitting:
    suitable fit considered show match eligible successful proceeding advancing moving pursued
    pursue qualification qualifications experience skills pass passed
fitting, pending:
    qualified shortlisted interested interest consideration
fitting, chosen:
    selected
chosen:
    preferred chosen
vacancy:
    requisition position job vacancy opening req
closed, unclear:
    closed filled
unclear:
    archived archive deleted removed inactive duplicate duplicates spam junk terminated merged
    transferred ended pool blacklisted unresponsive
"""
"""The same for words that have no German endings."""

PHRASES: t.Final = """
not yet:
    noch nicht; noch kein; noch keine; noch keinen; not yet
refusal:
    turned down; dropped out; drop out; backed out; back out; screened out; knocked out; knock
    out; lehnt ab; lehnte ab; springt ab; un qualified; passed over; anderweitig besetzt;
    anderweitig vergeben; intern besetzt; extern besetzt; auto disqualified; filled internally;
    nicht in frage; zu hoch; zu teuer; zu weit; too high; too far; too expensive; nicht
    angenommen; nicht akzeptiert; not accepted; nicht zustande; nicht mehr verfuegbar; no longer
    available; bewerbung storniert; bewerbung annulliert; bewerbung zurueckgenommen; bewerbung
    vom kandidaten zurueckgenommen; application cancelled; application canceled; not
    recommended; nicht empfohlen; over qualified; under qualified; poor fit; bad fit; zu wenig;
    zu spaet; too late; not enough; entscheidung gegen; gegen bewerber; gegen kandidat; gegen
    kandidaten; nicht eingeladen; not invited; nicht zugelassen; nicht in die engere; nicht in
    engerer; vorschlag abgelehnt; kundenvorschlag abgelehnt; vorschlag vom kunden abgelehnt;
    vorgeschlagen abgelehnt; empfehlung abgelehnt; genehmigung abgelehnt; freigabe abgelehnt;
    proposal declined; proposal rejected
refusal, called off:
    sagt ab; sagte ab
withdrawn:
    zieht zurueck; zog zurueck
accepted:
    nimmt an; nahm an
waiting, pending:
    to be; to reject; steht aus; steht noch aus; steht an; to hire; to offer; auf abruf; zur
    freigabe; zur unterschrift; muss noch
hire, promise:
    sagt zu; sagte zu
unclear:
    besetzt mit; filled with; filled by; rejection withdrawn; ablehnung zurueckgezogen
hire:
    new hire; vermittlung erfolgreich; vermittlung abgeschlossen; im einsatz; im onboarding;
    converted employee; ready to hire; ready for hire; placement confirmed; vertrag geschlossen;
    vertrag abgeschlossen; arbeitsvertrag geschlossen; arbeitsvertrag abgeschlossen; pre boarding;
    vom kunden uebernommen
pending:
    auf eis; on hold; placed on hold; next round; final round; next step; next stage; in
    kontakt; engere wahl; engeren wahl; im prozess; in process; under review; short list; short
    listed; long list; reached out; face to face; trial day; trial work; nicht zugewiesen; not
    assigned; nicht bearbeitet; not reviewed; not contacted; not reached; nicht erreicht; nicht
    erreichbar; nicht gelesen; nicht kontaktiert; wait list; new lead; take home; work sample;
    in pruefung; unterlagen fehlen; fehlende unterlagen; missing documents; bewerbung erhalten;
    engerer kreis; engeren kreis; in entscheidung; vor ort; internally submitted; submitted
    internally; approved by; attempted to contact; profil versendet; profil verschickt; profil
    gesendet; profil an kunden; beim kunden; cv sent; profile sent; sent to client; case study;
    nicht vollstaendig; not complete; stand by; naechste runde; zweite runde; in runde
"""
"""The same for words that mean something together. The longest counts, its words no longer do."""

WHOLE: t.Final = """
PENDING:
    bewerbung application applications extended route kandidat hearing bewerber interessent
    initiativbewerbung blindbewerbung onlinebewerbung entscheidung decision
HIRED:
    hire converted joined employed angestellt anstellung einstellung neueinstellung
    wiedereinstellung festeinstellung festanstellung arbeitsantritt arbeitsaufnahme dienstantritt
    placement
    accepted akzeptiert angenommen
"""
"""Outcomes, and the words that mean them only when they are the whole status."""

ASIDE: t.Final = """
    ab am april august befristet dezember februar fest im in januar juli juni maerz mai november
    oktober per seit september teilzeit uhr unbefristet vollzeit zum
"""
"""Words of days and contracts: with them and with numbers a status is still a whole one."""

HEADS: t.Final = """
    absage zusage ablehnung gespraech interview termin telefonat angebot vertrag eingang
    pruefung auswahl sichtung einladung vorschlag verhandlung bewertung assessment screening
    freigabe genehmigung vermittlung annahme rueckzug onboarding eingaenge anhoerung kontakt
    kenntnisse erfahrung klaerung
"""
"""What a German compound may end with and mean: `Telefoninterview`, `Bewerberabsage`."""

FIRST_PARTS: t.Final = """
    absage zusage ablehnung angebot vertrag gespraech einladung eingang termin vorauswahl
    auswahl vorstellung pruefung bewertung screening verhandlung
"""
"""What it may begin with: `Absagemail`, `Angebotsphase`."""

HIRED_ALONE: t.Final = frozenset({
    "eingestellt", "eingestellte", "eingestellter", "wiedereingestellt",
})  # fmt: skip
"""A hire, unless it is a procedure or an advertisement that was ended or put up."""

BESIDE_HIRED: t.Final = """
    als bei bereits bis bewerber bewerberin direkt durch erfolgreich ist kandidat kandidatin kunde
    kunden mitarbeiter mitarbeiterin noch soll und von werden wieder wird worden wurde
"""
"""Words that change nothing about it, as those `ASIDE` and numbers."""

HIRING: t.Final = "einstellung"
"""A hire when it is `HIRING_DONE`, or is waited for; `Einstellung des Verfahrens` is none."""

HIRING_DONE: t.Final = frozenset({"erfolgt", "erfolgte", "vollzogen", "abgeschlossen"})


def rows(table: str, between: str | None = None) -> list[tuple[tuple[str, ...], list[str]]]:
    """Return the rows of a table above: its heading's parts, and what it lists.

    A line that ends with a colon stands before what belongs to it, and `between` (None: blanks)
    between the texts.
    """
    read: list[tuple[tuple[str, ...], list[str]]] = []
    for line in table.splitlines():
        if line.endswith(":"):
            read.append((tuple(line[:-1].split(", ")), []))
        elif line:
            read[-1][1].append(line.strip())
    return [
        (heading, [text.strip() for text in " ".join(lines).split(between) if text.strip()])
        for heading, lines in read
    ]


_HEADS, _FIRST_PARTS = tuple(HEADS.split()), tuple(FIRST_PARTS.split())
_ASIDE = frozenset(ASIDE.split())
_BESIDE_HIRED = _ASIDE.union(BESIDE_HIRED.split())
