"""Servers whose wire fits no default, and what is true of their people.

The first four were written before `persy check` learned anything, the others afterwards. Lists of
the package have since taken up names of both: what these find says nothing of names that are new.
"""

from __future__ import annotations

import functools
import random
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from faker import Faker

from tests.server import Reply, Request, reply

BERLIN = ZoneInfo("Europe/Berlin")
NEWEST = datetime(2026, 11, 20, 8, 13, 54, tzinfo=UTC)
KEY = "s3cret-5f1e"
Json = dict[str, t.Any]

JOBS = {
    311: "Mechatroniker (m/w/d)", 312: "Pflegefachkraft", 313: "Lagerist in Teilzeit",
    314: "Buchhalterin", 315: "Fachkraft für Lagerlogistik", 316: "Projektleiter Tiefbau",
}  # fmt: skip
STATUSES = {"neu": "PENDING", "eingeladen": "PENDING", "abgelehnt": "DECLINED", "Zusage": "HIRED"}
SOURCES = ("StepStone", "Indeed", "Empfehlung", "Jobmesse")


@dataclass(frozen=True)
class Person:
    """What is true of one person, in no wire format."""

    number: int
    first_name: str
    last_name: str
    mail: str
    phone: str
    zip_code: str
    city: str
    street: str
    source: str
    created: datetime
    updated: datetime
    openings: tuple[tuple[int, str, datetime], ...]
    """Id of the job, status, and when the person applied."""
    custom: Mapping[str, str]


@functools.cache
def people(count: int = 90) -> tuple[Person, ...]:
    """Make people, the last updated first; two are never updated in one minute."""
    fake, dice = Faker("de_DE"), random.Random(5)
    fake.seed_instance(11)
    found = []
    places = [(fake.postcode(), fake.city()) for _ in range(12)]
    for number in range(count):
        first, last = fake.first_name(), fake.last_name()
        updated = NEWEST - timedelta(hours=9 * number, minutes=dice.randrange(50))
        zip_code, city = dice.choice(places)
        jobs = dice.sample(sorted(JOBS), dice.choice((0, 1, 1, 2)))
        found.append(
            Person(
                number=20_400 + 7 * number,
                first_name=first,
                last_name=last,
                mail=f"{fake.user_name()}{number}@example.org",
                phone=f"+49 {dice.randrange(30, 900)} {dice.randrange(10**5, 10**7)}",
                zip_code=zip_code,
                city=city,
                street=f"{fake.street_name()} {dice.randrange(1, 90)}",
                source=dice.choice(SOURCES),
                created=updated - timedelta(hours=dice.choice((0, 5, 90, 2000)) + number),
                updated=updated,
                openings=tuple(
                    (
                        job,
                        dice.choice(sorted(STATUSES)),
                        updated - timedelta(days=dice.randrange(9)),
                    )
                    for job in jobs
                ),
                custom={
                    "Klasse": dice.choice(("B", "C1", "keine")),
                    "Wunsch": f"ab {dice.randrange(2, 6)}0.000",
                    "Schicht": dice.choice(("früh", "spät", "Nacht")),
                },
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Wire:
    """A server of its own kind.

    Attributes:
        answer: What it says.
        prefix: Of `api_url`.
        by_hand: Settings that a person has to find out.
        lacks: Fields that it does not have.
    """

    answer: Callable[[Request], Reply]
    prefix: str = ""
    by_hand: Mapping[str, t.Any] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()


# --- parts that servers have in common ---------------------------------------------


def refused() -> Reply:
    return reply({"fehler": "nicht angemeldet"}, 401)


def missing() -> Reply:
    return reply({"fehler": "gibt es nicht"}, 404)


def php_date(moment: datetime) -> Json:
    local = moment.astimezone(BERLIN)
    return {
        "date": f"{local:%Y-%m-%d %H:%M:%S}.000000", "timezone_type": 3,
        "timezone": "Europe/Berlin",
    }  # fmt: skip


def german(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%d.%m.%Y %H:%M}"


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def since(text: str | None, read: Callable[[str], datetime]) -> list[Person]:
    """Select people; raises ValueError for a bound that is not understood."""
    bound = read(text) if text else None
    return [one for one in people() if bound is None or one.updated >= bound]


def day_in_german(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y").replace(tzinfo=BERLIN)


# --- before ------------------------------------------------------------------------


def behoerde(request: Request) -> Reply:
    """A German list by offset and with a cap; dates are PHP's, the filter knows days."""
    if request.headers.get("x-auth-key") != KEY:
        return refused()
    if request.path != "/bewerber":
        return missing()
    try:
        found = since(request.query.get("geaendert_ab"), day_in_german)
    except ValueError:
        return reply({"fehler": "geaendert_ab: TT.MM.JJJJ"}, 422)
    start = int(request.query.get("start") or 0)
    size = min(int(request.query.get("anzahl") or 25), 25)

    def record(one: Person) -> Json:
        return {
            "bewerbernr": one.number,
            "vname": one.first_name,
            "nname": one.last_name,
            "mailadr": one.mail,
            "telnr": one.phone,
            "anlage": php_date(one.created),
            "mutation": php_date(one.updated),
            "wohnsitz": {"plz": one.zip_code, "ort": one.city, "strasse": one.street},
            "herkunft": one.source,
            "vakanzen": [
                {"vakanznr": job, "bez": JOBS[job], "stand": status, "am": php_date(applied)}
                for job, status, applied in one.openings
            ],
            "zusatzangaben": dict(one.custom),
        }

    return reply({"anzahl": len(found), "treffer": [*map(record, found[start : start + size])]})


def kuerzel(request: Request) -> Reply:
    """Columns of a database, pages with German names, a filter in Unix seconds."""
    if request.headers.get("api-token") != KEY:
        return refused()
    if request.path != "/rest/kandidaten":
        return missing()
    bound = request.query.get("aenderungen_seit", "")
    if bound and not bound.isdigit():
        return reply({"fehler": "aenderungen_seit"}, 400)
    found = since(bound, lambda text: datetime.fromtimestamp(int(text), UTC))
    size = min(int(request.query.get("proseite") or 20), 50)
    start = size * (int(request.query.get("seite") or 1) - 1)

    def record(one: Person) -> Json:
        return {
            "KD_ID": f"{one.number:07}",
            "KD_VORN": one.first_name,
            "KD_NACHN": one.last_name,
            "KD_EML": one.mail,
            "KD_TEL1": one.phone,
            "KD_ANGEL": german(one.created),
            "KD_AEND": german(one.updated),
            "KD_PLZ": one.zip_code,
            "KD_ORT": one.city,
            "KD_STR": one.street,
            "KD_QUELLE": one.source,
            "KD_PROJ": [
                {"PJ_ID": job, "PJ_BEZ": JOBS[job], "PJ_STATUS": status, "PJ_DATUM": german(when)}
                for job, status, when in one.openings
            ],
            "KD_INFO": [{"name": name, "wert": value} for name, value in one.custom.items()],
        }

    page = [*map(record, found[start : start + size])]
    return reply({"ergebnis": {"liste": page}, "gesamt": len(found)})


def talents(request: Request) -> Reply:
    """English words of its own, the key in the query, times as numbers."""
    if request.query.get("token") != KEY:
        return refused()
    if request.path != "/v1/applicants":
        return missing()
    try:
        found = since(request.query.get("updated_from"), datetime.fromisoformat)
    except ValueError:
        return reply({"message": "invalid"}, 400)
    number = int(request.query.get("page[number]") or 1)
    size = min(int(request.query.get("page[size]") or 30), 40)

    def record(one: Person) -> Json:
        return {
            "ref": f"T-{one.number}",
            "stamps": {
                "made": int(one.created.timestamp()),
                "touched": int(one.updated.timestamp()),
            },
            "who": {"given": one.first_name, "family": one.last_name},
            "reach": {"mailbox": one.mail, "mobile_no": one.phone},
            "home": {"post_code": one.zip_code, "town": one.city, "street_and_no": one.street},
            "via": one.source,
            "processes": [
                {
                    "vac": {"ref": job, "label": JOBS[job]},
                    "state": status,
                    "on": int(applied.timestamp()),
                }
                for job, status, applied in one.openings
            ],
            "answers": dict(one.custom),
        }

    page = [*map(record, found[(number - 1) * size : number * size])]
    return reply({"people": page, "info": {"totalCount": len(found)}})


def nameless(request: Request) -> Reply:
    """The wire is as assumed; the keys say nothing at all."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return refused()
    if request.path != "/candidates":
        return missing()
    found = since(request.query.get("modified_since"), datetime.fromisoformat)
    size, number = int(request.query.get("per_page", 20)), int(request.query.get("page", 1))

    def record(one: Person) -> Json:
        return {
            "c1": one.number,
            "c2": one.last_name,
            "c3": one.first_name,
            "c4": one.mail,
            "c5": one.phone,
            "c6": iso(one.updated),
            "c7": iso(one.created),
            "c8": one.zip_code,
            "c9": one.city,
            "c10": one.street,
            "g1": [
                {"d1": job, "d2": JOBS[job], "d3": status, "d4": iso(applied)}
                for job, status, applied in one.openings
            ],
            "g2": dict(one.custom),
        }

    page = [*map(record, found[(number - 1) * size : number * size])]
    return reply({"data": page, "meta": {"total": len(found)}})


BEFORE: Mapping[str, Wire] = {
    "behoerde": Wire(behoerde),
    "kuerzel": Wire(kuerzel, prefix="/rest"),
    "talents": Wire(talents, by_hand={"candidates_path": "/v1/applicants"}),
    "nameless": Wire(nameless, lacks=frozenset({"source"})),
}


# --- afterwards ----------------------------------------------------------------------


def paged(request: Request, found: list[Person], page: str, size: str) -> list[Person]:
    length = min(int(request.query.get(size) or 20), 60)
    start = length * (int(request.query.get(page) or 1) - 1)
    return found[start : start + length]


def recruiters(request: Request) -> Reply:
    """A third time, a birthday, a recruiter's mail, openings by number, links beside them."""
    if request.headers.get("x-client-key") != KEY:
        return refused()
    if request.path != "/kandidaten":
        return missing()
    try:
        found = since(request.query.get("aktualisiert_seit"), day_in_german)
    except ValueError:
        return reply({"fehler": "Datum"}, 400)
    start, size = int(request.query.get("ab") or 0), int(request.query.get("limit") or 30)

    def record(one: Person) -> Json:
        return {
            "lfd": one.number,
            "ruf": {"vornamen": one.first_name, "zuname": one.last_name},
            "geburtstag": f"{1960 + one.number % 40}-03-0{1 + one.number % 9}",
            "erreichbar": {"post": one.mail, "apparat": one.phone},
            "betreut_von": {"wer": "Zentrale", "kontakt": f"team{one.number % 3}@example.com"},
            "hinzugekommen": iso(one.created),
            "gesehen": iso(one.created + (one.updated - one.created) / 2),
            "geaendert_zuletzt": iso(one.updated),
            "wohnt": {"code": one.zip_code, "gemeinde": one.city, "adr": one.street},
            "weg": one.source,
            "gesuche": {
                str(place): {
                    "gesuch": job,
                    "als": JOBS[job],
                    "lage": status,
                    "seit": iso(when),
                }
                for place, (job, status, when) in enumerate(one.openings)
            },
            "profil_felder": dict(one.custom),
            "_links": {"self": {"href": f"/kandidaten/{one.number}"}},
        }

    return reply({"kandidaten": [*map(record, found[start : start + size])], "total": len(found)})


def marked_up(request: Request) -> Reply:
    """JSON of a converter from XML: texts in objects, one opening as an object."""
    if request.query.get("apikey") != KEY:
        return refused()
    if request.path != "/candidates":
        return missing()
    found = paged(request, since(None, day_in_german), "seite", "anzahl")

    def text(value: object) -> Json:
        return {"@type": "text", "#text": str(value)}

    def record(one: Person) -> Json:
        openings = [
            {
                "Kennziffer": text(job),
                "Wortlaut": text(JOBS[job]),
                "Ergebnis": text(status),
                "Tag": text(german(when)),
            }
            for job, status, when in one.openings
        ]
        return {
            "Personennummer": text(f"P{one.number}"),
            "Rufname": text(one.first_name),
            "Zuname": text(one.last_name),
            "Netzpost": text(one.mail),
            "Fernruf": text(one.phone),
            "Aufnahme": text(german(one.created)),
            "Pflege": text(german(one.updated)),
            "Heim": {"Zahl": text(one.zip_code), "Dorf": text(one.city), "Weg": text(one.street)},
            "Werbung": text(one.source),
            "Ausschreibungen": {"Ausschreibung": openings[0] if len(openings) == 1 else openings},
            "Eigenes": {name: text(value) for name, value in one.custom.items()},
        }

    return reply({"ergebnisse": {"person": [*map(record, found)]}})


def english(request: Request) -> Reply:
    """Short English keys, a cursor, milliseconds, and a filter that is one of many parameters."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return refused()
    if request.path != "/api/people":
        return missing()
    text = request.query.get("updated_since")
    try:
        found = since(text, datetime.fromisoformat)
    except ValueError:
        found = []
    start = int((request.query.get("page_token") or "t0")[1:])
    size = min(int(request.query.get("limit") or 25), 25)

    def record(one: Person) -> Json:
        return {
            "person_ref": f"{one.number:x}-{one.number}",
            "fn": one.first_name,
            "sn": one.last_name,
            "e": one.mail,
            "ph": one.phone,
            "ts": {
                "first": int(one.created.timestamp() * 1000),
                "last": int(one.updated.timestamp() * 1000),
            },
            "place": {"pc": one.zip_code, "name": one.city, "line": one.street},
            "campaign": one.source,
            "requisitions": [
                {
                    "n": job,
                    "headline": JOBS[job],
                    "decision": status,
                    "at": int(when.timestamp() * 1000),
                }
                for job, status, when in one.openings
            ],
            "form": [{"key": name, "value": value} for name, value in one.custom.items()],
        }

    more = {"next_page_token": f"t{start + size}"} if start + size < len(found) else {}
    return reply({"data": [*map(record, found[start : start + size])], "paging": more})


def past_the_end(request: Request) -> Reply:
    """German keys under other pages, and an error behind the last of them."""
    if request.headers.get("x-schluessel") != KEY:
        return refused()
    if request.path != "/bewerber":
        return missing()
    found = since(None, day_in_german)
    page = paged(request, found, "blatt", "max")
    if not page:
        return reply({"fehler": "Blatt"}, 400)

    def record(one: Person) -> Json:
        return {
            "akte": f"A/{one.number}",
            "personalien": {"vor": one.first_name, "nach": one.last_name},
            "mail_privat": one.mail,
            "nummern": {"festnetz1": one.phone},
            "zeiten": {
                "eroeffnet": php_date(one.created),
                "fortgeschrieben": php_date(one.updated),
            },
            "sitz": {"plz_ort": one.zip_code, "ortsname": one.city, "strassenname": one.street},
            "herkunft": {"kanal": one.source},
            "verfahren": [
                {
                    "stellennummer": job,
                    "stellentext": JOBS[job],
                    "ausgang": status,
                    "beginn": php_date(when),
                }
                for job, status, when in one.openings
            ],
            "sonstiges": dict(one.custom),
        }

    return reply({"akten": [*map(record, page)], "meta": {"total": len(found)}})


def profiles(request: Request) -> Reply:
    """Sections of English names, pages from 0, Unix seconds, entries of name and value."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return refused()
    if request.path != "/hr/v1/profiles":
        return missing()
    asked = request.query.get("changes_after")
    if asked and not asked.isdigit():
        return reply({"error": "changes_after: seconds"}, 400)
    found = since(asked, lambda text: datetime.fromtimestamp(int(text), UTC))
    start = 25 * int(request.query.get("pageIndex", "0"))

    def record(one: Person) -> Json:
        return {
            "ref": f"P{one.number}",
            "person": {
                "forename": one.first_name, "familyname": one.last_name,
                "private_mail": one.mail, "phone_private": one.phone,
            },
            "home": {"street_line": one.street, "postal": one.zip_code, "place": one.city},
            "audit": {
                "inserted": int(one.created.timestamp()), "modified": int(one.updated.timestamp()),
            },
            "origin_channel": one.source,
            "assignments": [
                {
                    "requisition": {"code": job, "headline": JOBS[job]}, "decision": status,
                    "submitted": int(when.timestamp()),
                }
                for job, status, when in one.openings
            ],
            "customValues": [{"name": key, "value": text} for key, text in one.custom.items()],
        }  # fmt: skip

    page = found[start : start + 25]
    return reply({"hits": {"total": len(found), "rows": [*map(record, page)]}})


AFTERWARDS: Mapping[str, Wire] = {
    "recruiters": Wire(recruiters),
    "marked_up": Wire(marked_up),
    "english": Wire(english, prefix="/api"),
    "past_the_end": Wire(past_the_end),
    "profiles": Wire(profiles, prefix="/hr/v1", by_hand={"candidates_path": "/profiles"}),
}
