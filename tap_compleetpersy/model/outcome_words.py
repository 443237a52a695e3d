"""Words of statuses and what each one marks, German and English: data alone.

They are those of softgarden, Personio, d.vinci, rexx, SuccessFactors, Recruitee, Bullhorn,
Greenhouse, Lever, Workday, Teamtailor, concludis, BITE, onlyfy, Umantis, P&I, Taleo and
PeopleSoft. Umlauts are written out. `outcomes` has the rules that read the marks.
"""

from __future__ import annotations

import typing as t

Mark: t.TypeAlias = t.Literal[
    "refusal", "called off", "withdrawn", "hire", "promise", "offer", "accepted", "undone",
    "elsewhere", "waiting", "appointment", "after", "pending", "no", "fitting", "not yet",
    "sent", "vacancy", "closed", "unclear",
]  # fmt: skip
"""What a word says.

A `called off` refusal and a `promise` may be about an appointment alone. `undone` takes back
what stands beside it. A `fitting` word refuses when it is negated. An `unclear` one ends a
procedure without saying how.
"""

GERMAN_ENDINGS: t.Final = ("", "e", "en", "er", "es", "em", "n", "s")
"""Of adjectives, participles and nouns."""

GERMAN: t.Final = """
refusal, called off:
    absage abgesagt abzusagend
refusal:
    abgelehnt ablehnung abgewiesen abweisung abgewaehlt aussortiert ausgeschieden
    ausgeschlossen ausschluss ausgeschlagen disqualifiziert unqualifiziert ungeeignet
    unpassend ueberqualifiziert unterqualifiziert durchgefallen gescheitert abgesprungen
    verzichtet verzicht desinteresse
withdrawn:
    zurueckgezogen zurueckgetreten rueckzug ruecktritt rueckgezogen
hire, promise:
    zusage zugesagt
hire:
    vermittelt onboarding preboarding
offer, pending:
    angebot vertrag arbeitsvertrag offerte arbeitsvertraege vertraege
pending:
    angeboten vertragsunterlagen neu eingegangen eingang eingetroffen bearbeitung
    unbearbeitet ungelesen ungeprueft ungesichtet pruefung geprueft pruefen ueberpruefung
    vorgeprueft sichtung gesichtet sichten vorauswahl auswahl auswahlverfahren
    vorselektieren vorselektion selektion vorselektiert bewertung beurteilung begutachtung
    evaluierung evaluation eingeladen einladen vorgestellt vorstellung zwischenbescheid
    zwischenmitteilung zwischenstand eingangsbestaetigung wiedervorlage zurueckgestellt
    pausiert ruhend weitergeleitet weiterleitung weitergereicht uebermittelt beworben
    terminiert terminierung terminvereinbarung terminfindung terminabstimmung verhandlung
    entscheidungsfindung nachgefordert unvollstaendig fachabteilung fachbereich betriebsrat
    ruecksprache rueckfrage kontaktiert kontaktaufnahme favorit laufend laeuft vermittlung
    eignungstest onlinetest einstellungstest leistungstest warteliste nachfassen bestanden
    interviewrunde interviewphase interviewprozess vorqualifiziert vorqualifizierung
    referenzpruefung
accepted:
    angenommen akzeptiert unterschrieben unterzeichnet gegengezeichnet annahme
undone:
    widerrufen zurueckgenommen aufgehoben storniert annulliert verfallen abgelaufen
    rueckgaengig geplatzt gecancelt ruecknahme widerruf stornierung hinfaellig
elsewhere:
    anderweitig ander anderswo woanders wettbewerber mitbewerber konkurrenz extern fremd
waiting:
    noch wird werden soll sollen bald demnaechst vorlaeufig entwurf
waiting, pending:
    ausstehend offen warten wartet wartend abwarten abgewartet erwartet vorgemerkt vormerken
    vorgesehen geplant vorschlag vorschlaege vorgeschlagen empfohlen empfehlung beantragt
    vorbereitet vorbereitung vorbereiten vorbehaltlich vorbehalt angefordert genehmigung
    freigabe anstehend
appointment, pending:
    gespraech termin telefonat probearbeit probearbeiten probetag probearbeitstag
    hospitation schnuppertag schnuppern kennenlerntag einladung kennenlernen probetage
    probearbeitstage assessmentcenter videocall
after:
    nach infolge ohne
no:
    nicht kein nie niemals fehlend mangelnd
fitting:
    geeignet passend passt passung qualifiziert qualifikation beruecksichtigt ausgewaehlt
    erschienen angetreten interessiert interesse ausreichend erfuellt eignung weiterverfolgt
    infrage
sent:
    versendet verschickt gesendet informiert mitgeteilt versandt
vacancy:
    stelle position vakanz ausschreibung planstelle
closed, unclear:
    besetzt geschlossen vergeben
unclear:
    archiviert archiv geloescht loeschung entfernt beendet inaktiv duplikat dublette doppelt
    gekuendigt kuendigung abgebrochen abbruch talentpool bewerberpool pool getroffen
    gesperrt anonymisiert ausgelaufen
"""
"""Marks, and the words that have them: each one also with the endings."""

ENGLISH: t.Final = """
refusal:
    rejected reject rejection rejections declined decline declines refused refuse refusal
    denied disqualified disqualify disqualification unqualified underqualified overqualified
    unsuitable unsuccessful failed fail fails dismissed ineligible uninterested reneged
    backout dropout noshow
withdrawn:
    withdrawn withdrew withdraw withdraws withdrawal
hire:
    hired placed rehired onboarding onboarded preboarding
offer, pending:
    offer offers contract contracts
pending:
    offered new received progress inprogress processing inreview screening screen screened
    screens prescreen prescreening prescreened phonescreen interviewing interviewed invited
    invite applied applicant submitted submission review reviewed reviewing reviews
    unreviewed evaluation evaluate evaluating assessment assessments assess assessed
    shortlist shortlisted longlist longlisted preselection preselected consideration
    negotiation negotiating scheduled scheduling schedule unassigned contacted lead inbox
    qualified check checks hold onhold paused incomplete forwarded testing tests onsite
    prehire sourced unread uncontacted
accepted:
    accepted accept accepts signed acceptance countersigned
undone:
    rescinded rescind revoked retracted cancelled canceled cancel cancellation expired
    voided lapsed reversed undone
elsewhere:
    elsewhere other another different competitor competitors else external externally
    internally
waiting:
    erstellen still soon bereit draft conditional conditionally
waiting, pending:
    open pending awaiting await awaits waiting waitlist waitlisted planned recommended
    recommendation ready approval requested proposed proposal
appointment, pending:
    interview interviews appointment appointments meeting call invitation
after:
    after following without
no:
    not no never non don doesn didn cannot
fitting:
    selected suitable fit interested interest considered show match eligible successful
    proceeding advancing moving pursued pursue
vacancy:
    requisition position job vacancy opening req
closed, unclear:
    closed filled
unclear:
    archived archive deleted removed inactive duplicate duplicates spam junk terminated
    merged transferred ended pool blacklisted unresponsive
"""
"""The same for words that have no German endings."""

PHRASES: t.Final = """
not yet:
    noch nicht; noch kein; noch keine; noch keinen; not yet
refusal:
    turned down; dropped out; drop out; backed out; back out; screened out; knocked out;
    knock out; lehnt ab; sagt ab; sagte ab; lehnte ab; springt ab; un qualified; passed
    over; zieht zurueck; anderweitig besetzt; anderweitig vergeben; intern besetzt; auto
    disqualified; filled internally; nicht in frage; zu hoch; zu teuer; zu weit; too high;
    too far; too expensive
waiting, pending:
    to be; steht aus; steht noch aus; steht an; to hire; to offer; auf abruf; zur freigabe;
    zur unterschrift; muss noch
hire, promise:
    sagt zu; sagte zu
unclear:
    ready to hire; ready for hire; besetzt mit; filled with; filled by
hire:
    new hire; vermittlung erfolgreich; im einsatz; im onboarding; converted employee
pending:
    auf eis; on hold; placed on hold; next round; final round; next step; next stage; in
    kontakt; engere wahl; engeren wahl; im prozess; in process; under review; short list;
    short listed; long list; reached out; face to face; trial day; trial work; nicht
    zugewiesen; not assigned; nicht bearbeitet; not reviewed; not contacted; not reached;
    nicht erreicht; nicht gelesen; nicht kontaktiert; wait list; new lead; take home; work
    sample; in pruefung
"""
"""The same for words that mean something together. The longest counts, its words no longer do."""

WHOLE: t.Final = """
PENDING:
    bewerbung application applications extended route kandidat test hearing bewerber
HIRED:
    hire converted joined employed angestellt einstellung neueinstellung placement accepted
    akzeptiert angenommen
"""
"""Outcomes, and the words that mean them only when they are the whole status."""

HEADS: t.Final = """
    absage zusage ablehnung gespraech interview termin telefonat angebot vertrag eingang
    pruefung auswahl sichtung einladung vorschlag verhandlung bewertung assessment screening
    freigabe genehmigung vermittlung annahme rueckzug onboarding
"""
"""What a German compound may end with and mean: `Telefoninterview`, `Bewerberabsage`."""

FIRST_PARTS: t.Final = """
    absage zusage ablehnung angebot vertrag gespraech einladung eingang termin vorauswahl
    auswahl vorstellung pruefung bewertung screening
"""
"""What it may begin with: `Absagemail`, `Angebotsphase`."""

HIRED_ALONE: t.Final = frozenset({"eingestellt", "eingestellte", "eingestellter"})
"""A hire, unless it is a procedure or an advertisement that was ended or put up."""

BESIDE_HIRED: t.Final = """
    ab als am april august befristet bei bereits bewerber bewerberin dezember direkt durch
    erfolgreich februar fest im in ist januar juli juni kandidat kandidatin kunde kunden
    maerz mai mitarbeiter mitarbeiterin noch november oktober per seit september soll
    teilzeit uhr unbefristet und vollzeit von werden wird worden wurde zum
"""
"""Words that change nothing about it; neither do numbers."""

HIRING: t.Final = "einstellung"
"""A hire when it is `HIRING_DONE`, or is waited for; `Einstellung des Verfahrens` is none."""

HIRING_DONE: t.Final = frozenset({"erfolgt", "erfolgte", "vollzogen", "abgeschlossen"})


def rows(table: str, between: str | None = None) -> list[tuple[tuple[str, ...], list[str]]]:
    """Return the rows of a table above: its heading's parts, and what it lists.

    Args:
        table: Lines that end with a colon, each before what belongs to it.
        between: What stands between the texts; None: blanks.
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
