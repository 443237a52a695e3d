"""Thirteen servers of one more kind each, written before anybody looked at what the check knows."""

from __future__ import annotations

import base64
import functools
import random
import re
import typing as t
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from faker import Faker

from tests.check.wires import BERLIN, JOBS, KEY, NEWEST, SOURCES, STATUSES
from tests.server import Reply, Request, reply

Json = dict[str, t.Any]
COUNT = 70
FIRMS = ("Huber Werkzeugbau GmbH", "Klinikum Nord", "Stadtwerke Lindau", "Autohaus Yilmaz KG")
TRADES = ("Schlosser", "Krankenpfleger", "Elektronikerin", "Bürokauffrau", "Lagerist")


@dataclass(frozen=True)
class Applied:
    """One application, as it is true."""

    job: int
    status: str
    when: datetime


@dataclass(frozen=True)
class Somebody:
    """What is true of one person, in no wire format."""

    number: int
    first_name: str
    last_name: str
    mail: str
    phone: str
    mobile: str | None
    zip_code: str
    city: str
    street: str
    country: str
    source: str
    company: str | None
    title: str | None
    created: datetime
    updated: datetime
    applied: tuple[Applied, ...]
    custom: Mapping[str, t.Any]


@functools.cache
def everybody() -> tuple[Somebody, ...]:
    """Make people, the last updated first."""
    fake, dice = Faker("de_DE"), random.Random(23)
    fake.seed_instance(23)
    found = []
    for at in range(COUNT):
        updated = NEWEST - timedelta(hours=11 * at, minutes=dice.randrange(50))
        if updated.hour in {0, 1}:  # not in the hour that October has twice
            updated += timedelta(hours=2)
        has_job = dice.random() < 0.8
        found.append(
            Somebody(
                number=51_300 + 11 * at,
                first_name=fake.first_name(),
                last_name=fake.last_name(),
                mail=f"{fake.user_name()}{at}@example.org",
                phone=f"+49 {dice.randrange(30, 900)} {dice.randrange(10**5, 10**7)}",
                mobile=f"0{dice.randrange(151, 180)} {dice.randrange(10**6, 10**8)}"
                if dice.random() < 0.6
                else None,
                zip_code=fake.postcode(),
                city=fake.city(),
                street=f"{fake.street_name()} {dice.randrange(1, 90)}",
                country=dice.choice(("DE", "DE", "DE", "AT")),
                source=dice.choice(SOURCES),
                company=dice.choice(FIRMS) if has_job else None,
                title=dice.choice(TRADES) if has_job else None,
                created=updated - timedelta(hours=dice.choice((0, 5, 90, 2000)) + at),
                updated=updated,
                applied=tuple(
                    Applied(job, dice.choice(sorted(STATUSES)), updated - timedelta(days=1 + n))
                    for n, job in enumerate(dice.sample(sorted(JOBS), dice.choice((0, 1, 1, 2))))
                ),
                custom={
                    "Gehaltswunsch": f"{dice.randrange(28, 80)}.000 EUR",
                    "Fuehrerschein": dice.choice(("B", "C1", "keiner")),
                    "Berufsjahre": dice.randrange(1, 40),
                },
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Stranger:
    """A server of a wire that no default fits.

    Attributes:
        answer: What it says to a request.
        prefix: Of `api_url`.
        by_hand: Settings that a person has to find out.
        identify: Number of a person to its id on this wire.
        job: Number of a job to its id on this wire.
        lacks: Facts that it does not tell.
        custom: Name of a custom field to its key on this wire.
    """

    answer: Callable[[Request], Reply]
    prefix: str = ""
    by_hand: Mapping[str, t.Any] = field(default_factory=dict)
    identify: Callable[[int], str] = str
    job: Callable[[int], str] = str
    lacks: frozenset[str] = frozenset()
    custom: Callable[[str], str] = str


# --- what several have in common ------------------------------------------------------


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def local(moment: datetime, form: str) -> str:
    return moment.astimezone(BERLIN).strftime(form)


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def since(text: str | None, read: Callable[[str], datetime]) -> Sequence[Somebody]:
    """Select people; raises ValueError for a bound that is not understood."""
    bound = read(text) if text else None
    return [one for one in everybody() if bound is None or one.updated >= bound]


def as_day(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form).replace(tzinfo=BERLIN)


def number(request: Request, name: str, default: int) -> int:
    """Read a number; raises ValueError."""
    return int(request.query.get(name) or default)


def error(status: int, text: str = "error") -> Reply:
    return reply({"error": {"code": status, "message": text}}, status)


# --- the servers -----------------------------------------------------------------------


def django(request: Request) -> Reply:
    """Django REST framework: slash at the end, `results`, 404 behind the last page."""
    if request.headers.get("x-api-token") != KEY:
        return reply({"detail": "Authentication credentials were not provided."}, 401)
    if request.path != "/api/applicants/":
        return reply(b"<!doctype html><title>Not Found</title>", 404, {"Content-Type": "text/html"})
    try:
        found = since(request.query.get("updated_at__gte"), datetime.fromisoformat)
    except ValueError:
        return reply({"updated_at__gte": ["Enter a valid date/time."]}, 400)
    size, page = min(number(request, "page_size", 20), 50), number(request, "page", 1)
    part = found[(page - 1) * size : page * size]
    if not part and page > 1:
        return reply({"detail": "Invalid page."}, 404)

    def record(one: Somebody) -> Json:
        return {
            "pk": one.number, "first_name": one.first_name, "last_name": one.last_name,
            "email": one.mail, "phone": one.phone, "mobile": one.mobile or "",
            "created_at": iso(one.created), "updated_at": iso(one.updated),
            "address": {"line1": one.street, "postal_code": one.zip_code, "city": one.city,
                        "country": one.country},
            "lead_source": {"id": SOURCES.index(one.source) + 1, "name": one.source},
            "current_employer": one.company, "current_position": one.title,
            "applications": [
                {"id": 9000 + 10 * one.number + at,
                 "job": {"id": each.job, "title": JOBS[each.job]},
                 "status": {"id": 3, "label": each.status}, "applied_at": iso(each.when)}
                for at, each in enumerate(one.applied)
            ],
            "custom_fields": [{"label": key, "val": value} for key, value in one.custom.items()],
        }  # fmt: skip

    base = f"http://{request.headers['host']}{request.path}"
    following = f"{base}?page={page + 1}" if page * size < len(found) else None
    return reply({"count": len(found), "next": following, "previous": None,
                  "results": [*map(record, part)]})  # fmt: skip


def rails(request: Request) -> Reply:
    """Rails with Kaminari: a bare list, `Link`, prefixes for the tenant's own columns."""
    if request.headers.get("private-token") != KEY:
        return error(401)
    if request.path != "/v2/candidates":
        return error(404)
    found = since(request.query.get("updated_after"), datetime.fromisoformat)
    size, page = min(number(request, "per", 25), 100), number(request, "page", 1)

    def record(one: Somebody) -> Json:
        phones = [{"number": one.phone, "kind": "landline"}]
        phones += [{"number": one.mobile, "kind": "mobile"}] if one.mobile else []
        return {
            "id": one.number, "full_name": f"{one.first_name} {one.last_name}",
            "given_name": one.first_name, "surname": one.last_name,
            "emails": [{"address": one.mail, "kind": "private"}], "phones": phones,
            "street": one.street, "zip": one.zip_code, "city": one.city,
            "country_code": one.country, "channel": one.source, "employer": one.company,
            "job_title": one.title,
            "vacancies": [
                {"id": each.job, "name": JOBS[each.job], "state": each.status,
                 "applied_on": iso(each.when)} for each in one.applied
            ],
            **{f"cf_{key.lower()}": value for key, value in one.custom.items()},
            "created_at": one.created.astimezone(BERLIN).isoformat(timespec="milliseconds"),
            "updated_at": one.updated.astimezone(BERLIN).isoformat(timespec="milliseconds"),
            "url": f"/v2/candidates/{one.number}.json",
        }  # fmt: skip

    part = found[(page - 1) * size : page * size]
    head = {"X-Total": str(len(found))}
    if page * size < len(found):
        url = f"http://{request.headers['host']}{request.path}?page={page + 1}&per={size}"
        head["Link"] = f'<{url}>; rel="next"'
    return reply([*map(record, part)], headers=head)


def spring(request: Request) -> Reply:
    """Spring Data: pages from 0, milliseconds, Basic authentication, German names in camel case."""
    word = base64.b64encode(f"schnittstelle:{KEY}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {word}":
        return Reply(reply(b"", 401, {"WWW-Authenticate": 'Basic realm="x"'}).data)
    if request.path != "/rest/bewerber":
        return error(404)
    asked = request.query.get("geaendertSeit")
    try:
        found = since(asked, as_day("%d.%m.%Y"))
        size, page = min(number(request, "size", 20), 40), number(request, "page", 0)
    except ValueError:
        return error(400, "Ungueltiger Parameter")

    def record(one: Somebody) -> Json:
        telefone = [{"art": {"schluessel": "TEL", "text": "Festnetz"}, "nummer": one.phone}]
        if one.mobile:
            telefone.append({"art": {"schluessel": "MOB", "text": "Mobil"}, "nummer": one.mobile})
        return {
            "uuid": str(uuid.UUID(int=one.number)),
            "vorname": one.first_name, "nachname": one.last_name,
            "kontaktdaten": {"emailAdresse": one.mail, "telefonnummern": telefone},
            "anschrift": {"strasseHausnummer": one.street, "postleitzahl": one.zip_code,
                          "ort": one.city, "landKuerzel": one.country},
            "bewerbungsquelle": one.source,
            "beschaeftigung": {"arbeitgeber": one.company, "taetigkeit": one.title},
            "bewerbungen": [
                {"stellenangebot": {"id": each.job, "bezeichnung": JOBS[each.job]},
                 "bewerbungsstatus": {"id": 7, "bezeichnung": each.status},
                 "bewerbungsdatum": millis(each.when)} for each in one.applied
            ],
            "zusatzdaten": [
                {"bezeichnung": key, "wert": value} for key, value in one.custom.items()
            ],
            "erstelltAm": millis(one.created), "geaendertAm": millis(one.updated), "version": 3,
        }  # fmt: skip

    part = found[page * size : (page + 1) * size]
    pages = -(-len(found) // size)
    return reply({"content": [*map(record, part)], "number": page, "size": size,
                  "totalElements": len(found), "totalPages": pages, "first": page == 0,
                  "last": page >= pages - 1, "numberOfElements": len(part)})  # fmt: skip


def odata(request: Request) -> Reply:
    """OData 4: `$filter`, `@odata.nextLink`, names in Pascal case, a subscription's key."""
    if request.headers.get("ocp-apim-subscription-key") != KEY:
        return error(401)
    if request.path != "/odata/Candidates":
        return error(404)
    known = {"$filter", "$top", "$skip", "$count", "$skiptoken"}
    if any(name.startswith("$") and name not in known for name in request.query):
        return error(400, "The query specified in the URI is not valid.")
    asked = request.query.get("$filter")
    match = re.fullmatch(r"ModifiedOn ge (\S+)", asked) if asked else None
    if asked and not match:
        return error(400, "Syntax error in $filter")
    found = since(match and match[1], datetime.fromisoformat)
    top, skip = number(request, "$top", len(found)), number(request, "$skip", 0)
    skip, top = number(request, "$skiptoken", skip), min(top, 25)

    def record(one: Somebody) -> Json:
        return {
            "CandidateId": one.number, "GivenName": one.first_name, "Surname": one.last_name,
            "EmailAddress": one.mail, "BusinessPhone": one.phone, "MobilePhone": one.mobile,
            "AddressStreet": one.street, "AddressPostalCode": one.zip_code,
            "AddressCity": one.city, "AddressCountry": one.country,
            "SourceChannel": one.source, "CompanyName": one.company, "JobTitle": one.title,
            "CreatedOn": iso(one.created), "ModifiedOn": iso(one.updated),
            "JobApplications": [
                {"JobId": each.job, "JobName": JOBS[each.job], "StageName": each.status,
                 "SubmittedOn": iso(each.when)} for each in one.applied
            ],
            **{f"Custom_{key}": value for key, value in one.custom.items()},
        }  # fmt: skip

    part = found[skip : skip + top]
    body: Json = {"@odata.context": "$metadata#Candidates", "value": [*map(record, part)]}
    if skip + top < len(found):
        tail = f"&$filter={asked.replace(' ', '%20')}" if asked else ""
        body["@odata.nextLink"] = (
            f"http://{request.headers['host']}{request.path}?$skiptoken={skip + top}{tail}"
        )
    return reply(body)


def mongo(request: Request) -> Reply:
    """A cursor under two levels, `_id`, dates of Mongo, custom fields as objects by key."""
    if request.headers.get("x-access-token") != KEY:
        return error(403, "Forbidden")
    if request.path != "/candidates":
        return error(404)
    asked = request.query.get("updated_since")
    if asked and not asked.isdigit():
        return error(422, "updated_since must be an integer")
    found = since(asked, lambda text: datetime.fromtimestamp(int(text), UTC))
    size = min(number(request, "max_results", 15), 30)
    start = int((request.query.get("continuation") or "c0")[1:], 16)

    def record(one: Somebody) -> Json:
        return {
            "_id": {"$oid": f"{one.number:024x}"},
            "name": {"first": one.first_name, "last": one.last_name},
            "contact": {
                "email": one.mail,
                "phones": [{"type": "home", "value": one.phone}]
                + ([{"type": "mobile", "value": one.mobile}] if one.mobile else []),
            },
            "address": {"street": one.street, "zip": one.zip_code, "city": one.city,
                        "country": one.country},
            "source": {"type": "board", "name": one.source},
            "work": {"company": one.company, "role": one.title},
            "jobs": [
                {"job_id": each.job, "job_title": JOBS[each.job], "stage": each.status,
                 "applied": {"$date": iso(each.when)}} for each in one.applied
            ],
            "fields": {
                key.lower(): {"label": key, "value": value} for key, value in one.custom.items()
            },
            "createdAt": {"$date": iso(one.created)}, "updatedAt": {"$date": iso(one.updated)},
        }  # fmt: skip

    part = found[start : start + size]
    more = f"c{start + size:x}" if start + size < len(found) else None
    return reply({"payload": {"list": [*map(record, part)], "continuation": more}})


def amtlich(request: Request) -> Reply:
    """German throughout: `seite` from 0, a list under three levels, times as Germans write them."""
    if request.query.get("schluessel") != KEY:
        return reply({"meldung": "Zugriff verweigert"}, 403)
    if request.path != "/bewerbungen":
        return reply({"meldung": "Nicht gefunden"}, 404)
    try:
        found = since(request.query.get("geaendert_seit"), as_day("%d.%m.%Y"))
        size, page = min(number(request, "anzahl", 20), 30), number(request, "seite", 0)
    except ValueError:
        return reply({"meldung": "Parameter"}, 422)

    def record(one: Somebody) -> Json:
        form = "%d.%m.%Y %H:%M:%S"
        return {
            "Bewerbernummer": f"B-{one.number:07}", "Anrede": "Frau" if one.number % 2 else "Herr",
            "Vorname": one.first_name, "Familienname": one.last_name, "EMail_privat": one.mail,
            "Telefon_privat": one.phone, "Telefon_mobil": one.mobile,
            "Strasse_HNr": one.street, "PLZ": one.zip_code, "Wohnort": one.city,
            "Land": {"DE": "Deutschland", "AT": "Österreich"}[one.country],
            "Bewerbungsweg": one.source, "Letzter_Arbeitgeber": one.company, "Beruf": one.title,
            "Erfasst_am": local(one.created, form), "Letzte_Aenderung": local(one.updated, form),
            "Stellen": {"Stelle": [
                {"Stellennummer": each.job, "Stellenbezeichnung": JOBS[each.job],
                 "Status": {"Id": 4, "Bezeichnung": each.status},
                 "Beworben_am": local(each.when, form)} for each in one.applied
            ]},
            "Individuelle_Angaben": {
                "Angabe": [{"Label": key, "Val": value} for key, value in one.custom.items()]
            },
        }  # fmt: skip

    part = found[page * size : (page + 1) * size]
    return reply({"antwort": {"bewerber": {"eintrag": [*map(record, part)]},
                              "anzahl_gesamt": len(found)}})  # fmt: skip


def tastypie(request: Request) -> Reply:
    """`objects` by `offset` with a cap, PHP's date objects, the key bare in `Authorization`."""
    if request.headers.get("authorization") != KEY:
        return error(401)
    if request.path != "/api/v1/people":
        return error(404)
    try:
        found = since(request.query.get("changed_since"), as_day("%Y-%m-%d"))
    except ValueError:
        return error(400)
    start, size = number(request, "offset", 0), min(number(request, "limit", 20), 30)

    def date(moment: datetime) -> Json:
        return {"date": local(moment, "%Y-%m-%d %H:%M:%S.000000"), "timezone_type": 3,
                "timezone": "Europe/Berlin"}  # fmt: skip

    def record(one: Somebody) -> Json:
        return {
            "person_id": str(one.number), "vorname": one.first_name, "nachname": one.last_name,
            "mails": [one.mail], "phones": {"home": one.phone, "cell": one.mobile},
            "location": {"road": one.street, "postcode": one.zip_code, "town": one.city,
                         "nation": one.country},
            "origin": one.source,
            "jobs_history": [{"firm": one.company, "function": one.title}] if one.company else [],
            "matches": [
                {"opening": str(each.job), "opening_label": JOBS[each.job],
                 "result": {"key": each.status[:3], "label": each.status}, "since": date(each.when)}
                for each in one.applied
            ],
            "attrs": [{"name": key, "value": value} for key, value in one.custom.items()],
            "angelegt": date(one.created), "geaendert": date(one.updated),
        }  # fmt: skip

    part = found[start : start + size]
    return reply({"meta": {"limit": size, "offset": start, "total_count": len(found)},
                  "objects": [*map(record, part)]})  # fmt: skip


def json_api(request: Request) -> Reply:
    """JSON:API: openings are resources of `included`, of which the record has the ids."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return error(401)
    if request.path != "/api/candidates":
        return error(404)
    found = since(request.query.get("filter[updated_after]"), datetime.fromisoformat)
    size, page = min(number(request, "page[size]", 20), 50), number(request, "page[number]", 1)
    part = found[(page - 1) * size : page * size]

    def name(one: Somebody, each: Applied) -> str:
        return f"{one.number}-{each.job}"

    def record(one: Somebody) -> Json:
        linked = [{"type": "applications", "id": name(one, each)} for each in one.applied]
        return {
            "type": "candidates", "id": str(one.number),
            "attributes": {
                "first-name": one.first_name, "last-name": one.last_name, "email": one.mail,
                "phone": one.phone, "mobile-phone": one.mobile, "street": one.street,
                "zip-code": one.zip_code, "city": one.city, "country": one.country,
                "source": one.source, "company": one.company, "title": one.title,
                "custom-attributes": dict(one.custom),
                "created-at": iso(one.created), "updated-at": iso(one.updated),
            },
            "relationships": {"applications": {"data": linked}},
        }  # fmt: skip

    applications = [
        {"type": "applications", "id": name(one, each),
         "attributes": {"status": each.status, "applied-at": iso(each.when)},
         "relationships": {"job": {"data": {"type": "jobs", "id": str(each.job)}}}}
        for one in part for each in one.applied
    ]  # fmt: skip
    jobs = [
        {"type": "jobs", "id": str(job), "attributes": {"title": JOBS[job]}}
        for job in sorted({each.job for one in part for each in one.applied})
    ]
    following = f"{request.path}?page[number]={page + 1}&page[size]={size}"
    return reply({"data": [*map(record, part)], "included": applications + jobs,
                  "links": {"next": following if page * size < len(found) else None},
                  "meta": {"total": len(found)}})  # fmt: skip


def sideloaded(request: Request) -> Reply:
    """Ids of openings in the record, their titles in a list beside: Ember's way."""
    if request.query.get("access_key") != KEY:
        return error(401)
    if request.path != "/kandidaten":
        return error(404)
    try:
        found = since(request.query.get("ab_datum"), as_day("%Y%m%d"))
    except ValueError:
        return error(400)
    start, size = number(request, "skip", 0), min(number(request, "take", 10), 35)
    part = found[start : start + size]

    def record(one: Somebody) -> Json:
        return {
            "kandidat_id": one.number, "vorname": one.first_name, "name": one.last_name,
            "email1": one.mail, "tel1": one.phone, "tel2": one.mobile,
            "str": one.street, "plz": one.zip_code, "ort": one.city, "land": one.country,
            "quelle": one.source, "firma": one.company, "position": one.title,
            "stelle_ids": [each.job for each in one.applied],
            "extra": dict(one.custom), "neu_am": seconds(one.created),
            "upd_am": seconds(one.updated),
        }  # fmt: skip

    used = sorted({each.job for one in part for each in one.applied})
    return reply({"kandidaten": [*map(record, part)],
                  "stellen": [{"id": job, "titel": JOBS[job]} for job in used],
                  "gesamt": len(found)})  # fmt: skip


def elastic(request: Request) -> Reply:
    """A search engine's hits: `_source` with `_id` beside it, `from` and `size`."""
    if request.headers.get("apikey") != KEY:
        return error(401)
    if request.path != "/search/candidates":
        return error(404)
    try:
        found = since(request.query.get("modified_from"), datetime.fromisoformat)
        start, size = number(request, "from", 0), min(number(request, "size", 10), 40)
    except ValueError:
        return error(400, "parse_exception")

    def record(one: Somebody) -> Json:
        return {"_index": "candidates", "_id": f"c{one.number}", "_score": 1.0, "_source": {
            "person": {"firstName": one.first_name, "lastName": one.last_name},
            "communication": {"eMail": one.mail, "phoneNumber": one.phone,
                              "mobileNumber": one.mobile},
            "residence": {"streetAddress": one.street, "postalCode": one.zip_code,
                          "locality": one.city, "countryIso": one.country},
            "acquisition": {"channel": one.source},
            "currentJob": {"employer": one.company, "position": one.title},
            "process": [
                {"vacancyId": each.job, "vacancyTitle": JOBS[each.job], "phase": each.status,
                 "receivedAt": iso(each.when)} for each in one.applied
            ],
            "dynamicFields": dict(one.custom),
            "indexedAt": iso(NEWEST), "createdAt": iso(one.created), "changedAt": iso(one.updated),
        }}  # fmt: skip

    part = found[start : start + size]
    return reply({"took": 3, "hits": {"total": {"value": len(found), "relation": "eq"},
                                      "hits": [*map(record, part)]}})  # fmt: skip


def sap(request: Request) -> Reply:
    """OData 2: `d.results`, `__next`, times in `/Date(…)/`, lists under `results` each."""
    word = base64.b64encode(f"api@firma:{KEY}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {word}":
        return error(401)
    if request.path != "/odata/v2/Candidate":
        return error(404)
    asked = request.query.get("$filter")
    match = re.fullmatch(r"lastModifiedDateTime ge datetimeoffset'(\S+)'", asked) if asked else None
    if asked and not match:
        return error(400, "COE_GENERAL_BAD_REQUEST")
    found = since(match and match[1], datetime.fromisoformat)
    top, skip = min(number(request, "$top", 25), 25), number(request, "$skip", 0)

    def date(moment: datetime) -> str:
        return f"/Date({millis(moment)}+0000)/"

    def record(one: Somebody) -> Json:
        return {
            "__metadata": {"uri": f"https://x/Candidate({one.number}L)", "type": "SF.Candidate"},
            "candidateId": str(one.number), "firstName": one.first_name, "lastName": one.last_name,
            "primaryEmail": one.mail, "homePhone": one.phone, "cellPhone": one.mobile,
            "address": one.street, "zip": one.zip_code, "city": one.city, "country": one.country,
            "candidateSource": one.source, "currentCompany": one.company, "currentTitle": one.title,
            "creationDateTime": date(one.created), "lastModifiedDateTime": date(one.updated),
            "jobsApplied": {"results": [
                {"__metadata": {"type": "SFOData.JobApplication"}, "jobReqId": str(each.job),
                 "jobTitle": JOBS[each.job], "appStatus": each.status,
                 "applicationDate": date(each.when)} for each in one.applied
            ]},
            **{f"cust_{key}": value for key, value in one.custom.items()},
        }  # fmt: skip

    part = found[skip : skip + top]
    body: Json = {"results": [*map(record, part)]}
    if skip + top < len(found):
        tail = f"&$filter={asked.replace(' ', '%20')}" if asked else ""
        body["__next"] = (
            f"http://{request.headers['host']}{request.path}?$skip={skip + top}&$top={top}{tail}"
        )
    return reply({"d": body})


def relay(request: Request) -> Reply:
    """Edges and nodes, `pageInfo.endCursor`, `first` and `after`; times in milliseconds as text."""
    if request.headers.get("x-hr-key") != KEY:
        return error(401)
    if request.path != "/talents":
        return error(404)
    try:
        found = since(
            request.query.get("modifiedSince"),
            lambda text: datetime.fromtimestamp(int(text) / 1000, UTC),
        )
    except ValueError:
        return error(400)
    size = min(number(request, "first", 12), 50)
    start = int(base64.b64decode(request.query.get("after") or "MA==").decode())

    def record(one: Somebody) -> Json:
        return {
            "id": f"cand_{one.number}", "firstName": one.first_name, "lastName": one.last_name,
            "emails": {"primary": one.mail},
            "phoneNumbers": [{"countryCode": "+49", "number": one.phone.removeprefix("+49 ")}]
            + ([{"countryCode": "", "number": one.mobile}] if one.mobile else []),
            "postalAddress": {"addressLine1": one.street, "postcode": one.zip_code,
                              "city": one.city, "countryCode": one.country},
            "sourcedFrom": one.source, "employerName": one.company, "headline": one.title,
            "submissions": {"edges": [
                {"node": {"job": {"id": f"job_{each.job}", "title": JOBS[each.job]},
                          "currentStage": {"id": "s1", "name": each.status},
                          "submittedAt": str(millis(each.when))}} for each in one.applied
            ]},
            "customFieldValues": [
                {"field": {"id": key[:3], "name": key}, "value": value}
                for key, value in one.custom.items()
            ],
            "createdAt": str(millis(one.created)), "updatedAt": str(millis(one.updated)),
        }  # fmt: skip

    part = found[start : start + size]
    ends = [base64.b64encode(str(start + at + 1).encode()).decode() for at in range(len(part))]
    return reply({
        "edges": [
            {"cursor": end, "node": record(one)} for end, one in zip(ends, part, strict=True)
        ],
        "pageInfo": {"hasNextPage": start + size < len(found),
                     "endCursor": ends[-1] if ends else None},
        "totalCount": len(found),
    })  # fmt: skip


def labelled(request: Request) -> Reply:
    """Every attribute is an object of label and value; the tenant's own are called `dynamic_…`."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return error(401)
    if request.path != "/v1/recruiting/candidates":
        return error(404)
    try:
        found = since(request.query.get("updated_since"), datetime.fromisoformat)
        start, size = number(request, "offset", 0), min(number(request, "limit", 20), 200)
    except ValueError:
        return error(422)

    def record(one: Somebody) -> Json:
        def told(label: str, value: object) -> Json:
            return {"label": label, "value": value, "type": "standard"}

        return {"type": "Candidate", "attributes": {
            "id": told("ID", one.number), "first_name": told("Vorname", one.first_name),
            "last_name": told("Nachname", one.last_name), "email": told("E-Mail", one.mail),
            "phone": told("Telefon", one.phone), "mobile": told("Mobil", one.mobile),
            "street": told("Straße", one.street), "zip": told("PLZ", one.zip_code),
            "city": told("Ort", one.city), "country": told("Land", one.country),
            "channel": told("Kanal", one.source), "company": told("Firma", one.company),
            "position": told("Position", one.title),
            "applications": told("Bewerbungen", [
                {"type": "Application", "attributes": {
                    "job_id": told("Stelle", each.job), "job_name": told("Stelle", JOBS[each.job]),
                    "phase": told("Phase", each.status),
                    "applied_at": told("Beworben", local(each.when, "%Y-%m-%dT%H:%M:%S%z")),
                }} for each in one.applied
            ]),
            **{f"dynamic_{at}": told(key, value)
               for at, (key, value) in enumerate(one.custom.items(), 100)},
            "created_at": told("Erstellt", local(one.created, "%Y-%m-%dT%H:%M:%S%z")),
            "last_modified_at": told("Geändert", local(one.updated, "%Y-%m-%dT%H:%M:%S%z")),
        }}  # fmt: skip

    part = found[start : start + size]
    return reply({"success": True, "metadata": {"total_elements": len(found)},
                  "data": [*map(record, part)]})  # fmt: skip


def lowered(prefix: str) -> Callable[[str], str]:
    return lambda key: f"{prefix}{key.lower()}"


_DYNAMIC = {
    "Gehaltswunsch": "dynamic_100",
    "Fuehrerschein": "dynamic_101",
    "Berufsjahre": "dynamic_102",
}
STRANGERS: Mapping[str, Stranger] = {
    "django": Stranger(django, "/api", {"candidates_path": "/applicants/"}),
    "rails": Stranger(rails, "/v2", custom=lowered("cf_")),
    "spring": Stranger(
        spring, "/rest", {"username": "schnittstelle"}, lambda n: str(uuid.UUID(int=n))
    ),
    "odata": Stranger(
        odata, "/odata", {"candidates_path": "/Candidates"}, custom=lambda key: f"Custom_{key}"
    ),
    "mongo": Stranger(mongo, identify=lambda n: f"{n:024x}", custom=str.lower),
    "amtlich": Stranger(
        amtlich, "", {"candidates_path": "/bewerbungen"}, identify=lambda n: f"B-{n:07}"
    ),
    "tastypie": Stranger(
        tastypie, "/api/v1", {"candidates_path": "/people", "auth_header": "Authorization"}
    ),
    "json_api": Stranger(json_api, "/api"),
    "sideloaded": Stranger(
        sideloaded,
        by_hand={"auth_method": "query", "auth_param": "access_key"},
        lacks=frozenset({"status", "applied"}),
    ),
    "elastic": Stranger(
        elastic, "/search", {"candidates_path": "/candidates"}, lambda n: f"c{n}"
    ),
    "sap": Stranger(
        sap, "/odata/v2", {"username": "api@firma", "candidates_path": "/Candidate"},
        custom=lambda key: f"cust_{key}",
    ),
    "relay": Stranger(
        relay,
        by_hand={"candidates_path": "/talents", "auth_header": "X-HR-Key"},
        identify=lambda n: f"cand_{n}",
        job=lambda n: f"job_{n}",
    ),
    "labelled": Stranger(labelled, "/v1/recruiting", custom=_DYNAMIC.__getitem__),
}  # fmt: skip
