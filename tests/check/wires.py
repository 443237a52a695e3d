"""Servers whose wire fits no default, and what is true of their people.

The first four were written before `persy check` learned anything, the others afterwards: names
of the second half are in no list of the package.
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
        pages: Requests of a delta without change at most.
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
    "talents": Wire(talents),
    "nameless": Wire(nameless, lacks=frozenset({"source"})),
}
