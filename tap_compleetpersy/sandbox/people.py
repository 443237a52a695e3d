"""Fictional people of a fictional tenant, each a function of seed and number, its users and notes.

Nothing is stored: candidate 700,000 costs as much as candidate 1, and a million
people need no memory until somebody asks for them.
"""

from __future__ import annotations

import typing as t
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.facts import (
    BERLIN,
    Address,
    Attachment,
    Candidate,
    Email,
    Employment,
    Note,
    Opening,
    Phone,
    PhoneKind,
    Recruiter,
    Use,
    is_first_pass,
)
from tap_compleetpersy.sandbox.listing import MakeKey, OrderKey
from tap_compleetpersy.sandbox.shapes import encode, recruiter
from tap_compleetpersy.sandbox.words import Draw

FIRST_ID = 1000
RECRUITERS = 30
MINUTES_TO_FIRST_NOTE = 30 * 24 * 60
HISTORY_SECONDS = 900 * 86_400
_PLAIN = str.maketrans("łğçéëóřá' ", "lgceeora--") | str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe"}
)


@dataclass(frozen=True, slots=True)
class Pools:
    """Names, streets and companies to combine."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    streets: tuple[str, ...]
    companies: tuple[str, ...]

    @classmethod
    def drawn(cls, seed: int, size: int = 300) -> Pools:
        """Return pools drawn with Faker, which is imported here because it is slow to import."""
        from faker import Faker  # noqa: PLC0415 - half a second, only a sandbox pays it

        fake = Faker("de_DE")
        fake.seed_instance(seed)
        return cls(
            first_names=words.NOTABLE_FIRST_NAMES + tuple(fake.first_name() for _ in range(size)),
            last_names=words.NOTABLE_LAST_NAMES + tuple(fake.last_name() for _ in range(size)),
            streets=tuple(fake.street_name() for _ in range(size)),
            companies=tuple(fake.company() for _ in range(size)),
        )


@dataclass(frozen=True, slots=True)
class People:
    """All candidates that could exist in a tenant, of whom nobody was updated after now."""

    seed: int
    now: datetime
    pools: Pools

    def updated_at(self, number: int) -> datetime:
        """Return when a candidate was last updated: more people were lately than long ago."""
        share = zlib.crc32(f"{self.seed}:{number}".encode()) / 2**32
        return unambiguous(self.now - timedelta(seconds=int(HISTORY_SECONDS * share * share)))

    def candidate(self, number: int) -> Candidate:
        """Return the candidate with this number, counted from 1."""
        draw = Draw((self.seed << 40) + number)
        updated_at = self.updated_at(number)
        created_at = updated_at - timedelta(seconds=int(400 * 86_400 * draw.random() ** 2))
        created_at = unambiguous(created_at.replace(second=0) if draw.chance(0.3) else created_at)
        remote_id = str(FIRST_ID + number)
        first_name = draw.pick(self.pools.first_names)
        last_name = draw.pick(self.pools.last_names)
        if draw.chance(0.08):
            last_name = f"{last_name}-{draw.pick(self.pools.last_names)}"
        openings = _openings(draw, created_at)
        return Candidate(
            remote_id=remote_id,
            created_at=created_at,
            updated_at=updated_at,
            first_name=None if draw.chance(0.02) else first_name,
            last_name=last_name,
            status=draw.pick(words.CANDIDATE_STATUSES) if draw.chance(0.9) else None,
            confidential=None if draw.chance(0.05) else draw.chance(0.06),
            source=draw.pick(words.SOURCES) if draw.chance(0.92) else None,
            phones=_phones(draw),
            emails=_emails(draw, first_name, last_name, number),
            address=_address(draw, self.pools) if draw.chance(0.85) else None,
            employments=_employments(draw, self.pools),
            openings=openings,
            custom_fields=custom_fields(draw),
            attachments=_attachments(draw, remote_id, created_at, openings),
        )


def unambiguous(moment: datetime) -> datetime:
    """Return a time, or one before the hour that Berlin's wall clock shows twice in October.

    The wire has wall clock times, so its second pass could not be told from the first.
    """
    local = moment.astimezone(BERLIN)
    if not (local.fold or is_first_pass(local)):
        return moment
    return local.replace(hour=1, minute=59, second=59, fold=0).astimezone(moment.tzinfo)


def within(
    updated: Mapping[str, datetime], since: datetime | None, until: datetime | None
) -> list[str]:
    """Return the ids updated in a time span, whose end is exclusive."""
    return [
        remote_id
        for remote_id, moment in updated.items()
        if (since is None or moment >= since) and (until is None or moment < until)
    ]


def plain_name(first_name: str, last_name: str) -> str:
    """Return a name as mail addresses have it: small letters of ASCII."""
    name = f"{first_name}.{last_name}".lower().translate(_PLAIN)
    return name.encode("ascii", "ignore").decode()


_PHONES: tuple[tuple[float, tuple[str, ...], int, PhoneKind, Use], ...] = (
    (0.5, words.LANDLINES, 3, "phone", "personal"),
    (0.7, words.MOBILES, 2, "mobile", "personal"),
    (0.12, words.LANDLINES, 3, "phone", "business"),
    (0.04, words.LANDLINES, 3, "fax", "business"),
)
"""How likely each is, the beginnings of its numbers, and how many digits follow."""


def _phones(draw: Draw) -> tuple[Phone, ...]:
    return tuple(
        Phone(f"{draw.pick(pool)}{draw.below(10**digits):0{digits}d}", kind, use)
        for probability, pool, digits, kind, use in _PHONES
        if draw.chance(probability)
    )


def _emails(draw: Draw, first_name: str, last_name: str, number: int) -> tuple[Email, ...]:
    if draw.chance(0.06):
        return ()
    if draw.chance(0.03):
        return (Email(draw.pick(words.INVALID_MAILS)),)
    name = plain_name(first_name, last_name)
    first = Email(f"{name}{number}@{draw.pick(words.MAIL_DOMAINS)}")
    if draw.chance(0.1):
        return (first, Email(f"{name}@firma{draw.below(50)}.example.com", use="business"))
    return (first,)


def _address(draw: Draw, pools: Pools) -> Address:
    zip_code, city, state, country = draw.pick(words.PLACES)
    if draw.chance(0.1):
        return Address(city=city)
    number = f"{1 + draw.below(120)}{draw.pick(('', '', '', 'a', 'b'))}"
    second_line = (
        draw.pick(("Hinterhaus", "c/o Familie Weiß", "2. OG links")) if draw.chance(0.06) else None
    )
    return Address(country, zip_code, state, city, draw.pick(pools.streets), number, second_line)


def _employments(draw: Draw, pools: Pools) -> tuple[Employment, ...]:
    count = draw.pick((0, 1, 1, 1, 2, 2, 3))
    current = draw.below(count) if count and draw.chance(0.7) else -1
    return tuple(
        Employment(
            draw.pick(pools.companies), draw.pick(words.PROFESSIONS), current=position == current
        )
        for position in range(count)
    )


def _openings(draw: Draw, created_at: datetime) -> tuple[Opening, ...]:
    count = draw.pick((0, 1, 1, 1, 1, 1, 2, 2, 3, 5))
    return tuple(
        Opening(
            remote_id=str(words.FIRST_OPENING_ID + index),
            title=words.OPENING_TITLES[index],
            status=draw.pick(words.OPENING_STATUSES) if draw.chance(0.9) else None,
            applied_at=_applied_at(draw, created_at),
        )
        for index in draw.sample(range(len(words.OPENING_TITLES)), count)
    )


def _applied_at(draw: Draw, created_at: datetime) -> datetime | None:
    if draw.chance(0.1):
        return None
    if draw.chance(0.3):
        midnight = created_at.astimezone(BERLIN).replace(hour=0, minute=0, second=0)
        return midnight.astimezone(created_at.tzinfo)
    return created_at


def _attachments(
    draw: Draw, remote_id: str, created_at: datetime, openings: tuple[Opening, ...]
) -> tuple[Attachment, ...]:
    opening_id = openings[0].remote_id if openings and draw.chance(0.5) else None
    positions = [*range(draw.below(4))]
    if draw.chance(0.3):
        positions.append(draw.pick(words.PHOTOS))
    return tuple(
        Attachment(f"{remote_id}{position}", *words.DOCUMENTS[position], created_at, opening_id)
        for position in positions
    )


LANGUAGES = ("Deutsch", "Polnisch", "Türkisch", "Englisch", "Rumänisch", "Französisch")
DEGREES = ("Hauptschule", "Mittlere Reife", "Abitur", "Meister", "Bachelor", "Master")
REMARKS = (
    "Bitte erst ab 17 Uhr anrufen.",
    "Sehr gute Referenzen, R&D-Erfahrung",
    "Umzug nach Köln möglich",
)


def _moment(draw: Draw, year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.below(365 * 24 * 60))


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
    CustomField("Sprachen", 0.6, lambda draw: draw.sample(LANGUAGES, 1 + draw.below(3))),
    CustomField(
        "Kuendigungsfrist",
        0.4,
        lambda draw: {"Anzahl": 1 + draw.below(6), "Einheit": draw.pick(("Wochen", "Monate"))},
    ),
    CustomField("Höchster Abschluss", 0.5, lambda draw: draw.pick(DEGREES)),
    CustomField("Bemerkung", 0.2, lambda draw: draw.pick(REMARKS)),
    CustomField("Werksausweis-Nr.", 0.03, lambda draw: f"{draw.below(10**6):08d}"),
)


def custom_fields(draw: Draw) -> dict[str, t.Any]:
    """Return the custom fields of one candidate: wire key to JSON value."""
    return {field.key: field.value(draw) for field in CUSTOM_FIELDS if draw.chance(field.fill_rate)}


class Recruiters:
    """Everybody who works with Persy; nobody edits them. They share the people's seed and names."""

    def __init__(self, people: People, order: MakeKey) -> None:
        """Draw them all: they are few."""
        drawn = (_recruiter(people, number) for number in range(1, RECRUITERS + 1))
        self.everybody = {user.remote_id: user for user in drawn}
        self._seed, self._order = people.seed, order

    def select(self, since: datetime | None = None, until: datetime | None = None) -> Sequence[str]:
        """Return the ids updated in a time span, as :meth:`Store.select` does."""
        updated = {user.remote_id: user.updated_at for user in self.everybody.values()}
        return sorted(within(updated, since, until), key=self.order_key)

    def order_key(self, remote_id: str) -> OrderKey:
        """Return the place of a recruiter in the list."""
        return self._order(remote_id, self.everybody[remote_id].updated_at, self._seed)

    def body(self, remote_id: str) -> bytes:
        """Return the JSON of one recruiter."""
        return encode(recruiter(self.everybody[remote_id]))


def _recruiter(people: People, number: int) -> Recruiter:
    draw = Draw(f"{people.seed}:recruiter:{number}")
    first_name = draw.pick(people.pools.first_names)
    last_name = draw.pick(people.pools.last_names)
    share = zlib.crc32(f"{people.seed}:recruiter:{number}".encode()) / 2**32
    return Recruiter(
        remote_id=str(number),
        first_name=first_name,
        last_name=last_name,
        email=f"{plain_name(first_name, last_name)}@firma.example.com",
        role=draw.pick(words.ROLES),
        updated_at=unambiguous(people.now - timedelta(seconds=int(HISTORY_SECONDS * share))),
    )


class Notes:
    """The notes of everybody: a function of the seed, and what was added since."""

    def __init__(self, people: People) -> None:
        """Start with the generated ones."""
        self._people = people
        self._written: dict[str, list[Note]] = {}

    def of(self, candidate: Candidate) -> list[Note]:
        """Return the notes of a candidate, oldest first."""
        if candidate.remote_id in self._written:
            return self._written[candidate.remote_id]
        draw = Draw(f"{self._people.seed}:notes:{candidate.remote_id}")
        drawn = [self._drawn(draw, candidate, position) for position in range(draw.below(4))]
        return sorted(drawn, key=lambda note: note.created_at)

    def replace(self, remote_id: str, *notes: Note) -> None:
        """Let a candidate, whose update time stays, have these notes and no other."""
        self._written[remote_id] = [*notes]

    def add(self, candidate: Candidate, text: str, now: datetime) -> Note:
        """Return a new note about a candidate, whose own update time stays."""
        notes = self._written.setdefault(candidate.remote_id, self.of(candidate))
        number = 1 + sum(note.author == "API" for note in notes)
        notes.append(Note(f"{candidate.remote_id}-{number}", text, "API", now, now))
        return notes[-1]

    def _drawn(self, draw: Draw, candidate: Candidate, position: int) -> Note:
        later = candidate.created_at + timedelta(minutes=draw.below(MINUTES_TO_FIRST_NOTE))
        moment = min(later, max(candidate.created_at, self._people.now))
        pools = self._people.pools
        author = f"{draw.pick(pools.first_names)} {draw.pick(pools.last_names)}"
        text = draw.pick(words.NOTES)
        return Note(f"{candidate.remote_id}{position}", text, author, moment, moment)
