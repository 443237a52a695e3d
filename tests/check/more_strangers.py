"""Eight more servers of the same people, again written before anybody looked at the check.

The first three are modelled on products for recruiting, the others on what authors might do. Two
facts were changed afterwards: which of two unique keys of `recruit` is the id, and the keys `at`
and `as` of an employer in `by_id`, which nobody can tell.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.check.strangers import (
    Json,
    Somebody,
    Stranger,
    as_day,
    error,
    iso,
    local,
    millis,
    number,
    seconds,
    since,
)
from tests.check.wires import BERLIN, JOBS, KEY, SOURCES
from tests.server import Reply, Request, reply

COUNTRIES = {"DE": "Deutschland", "AT": "Österreich"}


def properties(request: Request) -> Reply:
    """A CRM: all fields in `properties` as text, a cursor that is a number, milliseconds asked."""
    if request.headers.get("x-hapi-token") != KEY:
        return error(401)
    if request.path != "/crm/v3/objects/candidates":
        return error(404)
    try:
        found = since(
            request.query.get("updatedAfter"),
            lambda text: datetime.fromtimestamp(int(text) / 1000, UTC),
        )
        size, start = min(number(request, "limit", 10), 50), number(request, "after", 0)
    except ValueError:
        return error(400)

    def record(one: Somebody) -> Json:
        return {
            "id": str(one.number),
            "properties": {
                "firstname": one.first_name, "lastname": one.last_name, "email": one.mail,
                "phone": one.phone, "mobilephone": one.mobile, "address": one.street,
                "zip": one.zip_code, "city": one.city, "country": one.country,
                "original_source": one.source, "company": one.company, "jobtitle": one.title,
                **{key.lower(): value for key, value in one.custom.items()},
                "createdate": iso(one.created), "lastmodifieddate": iso(one.updated),
            },
            "associations": {"job_applications": {"results": [
                {"id": f"{one.number}{each.job}", "job_opening_id": str(each.job),
                 "job_opening_name": JOBS[each.job], "pipeline_stage": each.status,
                 "applied_at": iso(each.when)} for each in one.applied
            ]}},
            "createdAt": iso(one.created), "updatedAt": iso(one.updated), "archived": False,
        }  # fmt: skip

    body: Json = {"results": [*map(record, found[start : start + size])]}
    if start + size < len(found):
        link = f"http://{request.headers['host']}{request.path}?limit={size}&after={start + size}"
        body["paging"] = {"next": {"after": str(start + size), "link": link}}
    return reply(body)


def force(request: Request) -> Reply:
    """Salesforce: `attributes` are a type and a URL, `nextRecordsUrl` a path, `…__c` one's own."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return reply([{"message": "Session expired or invalid", "errorCode": "INVALID"}], 401)
    more = re.fullmatch(r"/services/data/v60\.0/candidates/01g-(\d+)-(\d*)", request.path)
    if request.path != "/services/data/v60.0/candidates" and not more:
        return reply([{"errorCode": "NOT_FOUND", "message": "not found"}], 404)
    asked = more[2] if more else request.query.get("lastModifiedAfter")
    try:
        found = since(asked, lambda text: datetime.fromtimestamp(int(text), UTC)
                      if more else datetime.fromisoformat(text))  # fmt: skip
    except ValueError:
        return reply([{"errorCode": "MALFORMED_QUERY", "message": "bad date"}], 400)
    start, size = int(more[1]) if more else 0, 25

    def told(moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%S.000+0000}"

    def kind(name: str, key: object) -> Json:
        return {"attributes": {"type": name, "url": f"/services/data/v60.0/{name}/{key}"}}

    def record(one: Somebody) -> Json:
        key = f"0035g{one.number:013}"
        applied = [
            {**kind("Application__c", f"a01{one.number}{each.job}"),
             "Status__c": each.status, "Applied_On__c": told(each.when),
             "Job__r": {**kind("Job__c", each.job), "Id": str(each.job), "Name": JOBS[each.job]}}
            for each in one.applied
        ]  # fmt: skip
        return {
            **kind("Contact", key), "Id": key, "FirstName": one.first_name,
            "LastName": one.last_name, "Email": one.mail, "Phone": one.phone,
            "MobilePhone": one.mobile, "MailingStreet": one.street,
            "MailingPostalCode": one.zip_code, "MailingCity": one.city,
            "MailingCountryCode": one.country, "LeadSource": one.source,
            "Employer__c": one.company, "Title": one.title,
            **{f"{key}__c": value for key, value in one.custom.items()},
            "Applications__r": {"totalSize": len(applied), "done": True, "records": applied}
            if applied else None,
            "CreatedDate": told(one.created), "LastModifiedDate": told(one.updated),
            "SystemModstamp": told(one.updated), "IsDeleted": False,
        }  # fmt: skip

    body: Json = {"totalSize": len(found), "done": start + size >= len(found)}
    if not body["done"]:
        bound = seconds(found[-1].updated) if asked else ""
        body["nextRecordsUrl"] = f"/services/data/v60.0/candidates/01g-{start + size}-{bound}"
    return reply({**body, "records": [*map(record, found[start : start + size])]})


def recruit(request: Request) -> Reply:
    """Zoho: `info.more_records`, 204 where nobody is, lookups of id and name, subforms."""
    if request.headers.get("x-zoho-token") != KEY:
        return reply({"code": "INVALID_TOKEN", "status": "error"}, 401)
    if request.path != "/recruit/v2/Candidates":
        return reply({"code": "INVALID_URL_PATTERN", "status": "error"}, 404)
    try:
        found = since(request.query.get("modified_after"), datetime.fromisoformat)
        size, page = min(number(request, "per_page", 20), 200), number(request, "page", 1)
    except ValueError:
        return reply({"code": "INVALID_DATA", "status": "error"}, 400)
    part = found[(page - 1) * size : page * size]
    if not part:
        return reply(b"", 204)

    def record(one: Somebody) -> Json:
        def told(moment: datetime) -> str:
            return moment.astimezone(BERLIN).isoformat()

        return {
            "id": str(4_150_868_000_000_000_000 + one.number),
            "Candidate_ID": f"ZR_{one.number}_CAND",
            "Full_Name": f"{one.first_name} {one.last_name}",
            "First_Name": one.first_name, "Last_Name": one.last_name, "Email": one.mail,
            "Phone": one.phone, "Mobile": one.mobile, "Street": one.street,
            "Zip_Code": one.zip_code, "City": one.city, "Country": COUNTRIES[one.country],
            "Source": one.source, "Current_Employer": one.company, "Current_Job_Title": one.title,
            "Owner": {"id": "4150868000000225013", "name": "Petra Sommer"},
            "Created_By": {"id": "4150868000000225013", "name": "Petra Sommer"},
            "Associated_Jobs": [
                {"Job_Opening": {"id": each.job, "name": JOBS[each.job]},
                 "Candidate_Status": each.status, "Applied_Date": told(each.when)}
                for each in one.applied
            ],
            **dict(one.custom), "$approved": True, "$editable": True,
            "Created_Time": told(one.created), "Updated_On": told(one.updated),
        }  # fmt: skip

    info = {"per_page": size, "count": len(part), "page": page,
            "more_records": page * size < len(found)}  # fmt: skip
    return reply({"data": [*map(record, part)], "info": info})


def behoerde(request: Request) -> Reply:
    """An authority: two levels of German, an offset with a cap, parts of numbers, pairs."""
    if request.query.get("zugriffstoken") != KEY:
        return reply({"fehler": "Kein Zugriff"}, 403)
    if request.path != "/personal/bewerberliste":
        return reply({"fehler": "Unbekannter Pfad"}, 404)
    try:
        found = since(request.query.get("aenderung_ab"), as_day("%d.%m.%Y %H:%M"))
        start, size = number(request, "start", 0), min(number(request, "anzahl", 15), 24)
    except ValueError:
        return reply({"fehler": "Parameter ungültig"}, 400)
    form = "%d.%m.%Y %H:%M:%S"

    def parts(text: str, kind: str) -> Json:
        _, area, rest = text.split()
        return {"art": kind, "landesvorwahl": "+49", "vorwahl": area, "rufnummer": rest}

    def record(one: Somebody) -> Json:
        return {
            "satznummer": -one.number, "mandant": 12, "vorname": one.first_name,
            "familienname": one.last_name,
            "erreichbarkeit": {
                "mail": one.mail,
                "telefone": [parts(one.phone, "privat")]
                + ([{"art": "mobil", "rufnummer": one.mobile}] if one.mobile else []),
            },
            "wohnanschrift": {"strasse_hausnummer": one.street, "plz": one.zip_code,
                              "ortsname": one.city, "staat": COUNTRIES[one.country]},
            "aufmerksam_durch": one.source,
            "derzeit": {"betrieb": one.company, "funktion": one.title},
            "ausschreibungen": [
                {"kennziffer": each.job, "stellentitel": JOBS[each.job],
                 "verfahrensstand": each.status, "eingang": local(each.when, form)}
                for each in one.applied
            ],
            "merkmale": [[key, value] for key, value in one.custom.items()],
            "angelegt_am": local(one.created, form), "letzte_aenderung": local(one.updated, form),
        }  # fmt: skip

    part = found[start : start + size]
    return reply({"ergebnis": {"treffer": len(found), "daten": [*map(record, part)]}})


def texts(request: Request) -> Reply:
    """Custom fields are JSON in a text, openings an object by id, times `{date, timezone}`."""
    if request.headers.get("x-schluessel") != KEY:
        return error(401)
    if request.path != "/schnittstelle/bewerber":
        return error(404)
    try:
        found = since(request.query.get("seit"), as_day("%Y%m%d%H%M%S"))
        size, page = min(number(request, "n", 20), 30), number(request, "p", 1)
    except ValueError:
        return error(422)

    def date(moment: datetime) -> Json:
        return {"date": local(moment, "%Y-%m-%d %H:%M:%S"), "timezone": "Europe/Berlin"}

    def record(one: Somebody) -> Json:
        return {
            "BewerberID": one.number, "Name": one.last_name, "Vorname": one.first_name,
            "eMail": one.mail, "Tel": one.phone, "Handy": one.mobile,
            "Adresse": {"Str": one.street, "PLZ": one.zip_code, "Ort": one.city,
                        "Land": one.country},
            "Herkunft": one.source, "Arbeitgeber": one.company, "Taetigkeit": one.title,
            "Bewerbungen": {
                str(each.job): {"Titel": JOBS[each.job], "Status": each.status,
                                "Datum": date(each.when)} for each in one.applied
            },
            "Zusatz": json.dumps(dict(one.custom), ensure_ascii=False),
            "Anlage": date(one.created), "Aenderung": date(one.updated),
        }  # fmt: skip

    part = found[(page - 1) * size : page * size]
    return reply({"bewerber": [*map(record, part)], "seiten": -(-len(found) // size)})


def numbered(request: Request) -> Reply:
    """Numbered columns of the tenant, page 0, a media type of its own that has to be accepted."""
    if not any(kind in request.headers.get("accept", "") for kind in ("json", "*/*")):
        return Reply(reply(b"<liste/>", 406, {"Content-Type": "application/xml"}).data)
    if request.headers.get("x-mandant-key") != KEY:
        return error(401)
    if request.path != "/api/applicants":
        return error(404)
    try:
        found = since(
            request.query.get("changedSince"), lambda text: datetime.fromtimestamp(int(text), UTC)
        )
        size, page = min(number(request, "pageSize", 20), 25), number(request, "pageIndex", 0)
    except ValueError:
        return error(400)

    def record(one: Somebody) -> Json:
        first = one.applied[0] if one.applied else None
        return {
            "applicantKey": f"APP-{one.number}",
            "displayName": f"{one.last_name}, {one.first_name}",
            "email1": one.mail, "email2": None, "phone1": one.phone, "phone2": one.mobile,
            "street1": one.street, "street2": "", "zip": one.zip_code, "city": one.city,
            "country": one.country, "referrer": one.source, "employer1": one.company,
            "position1": one.title,
            "jobs": [
                {"jobKey": f"J{each.job}", "jobTitle": JOBS[each.job], "state": each.status,
                 "applied": seconds(each.when)} for each in one.applied
            ],
            "firstJobKey": f"J{first.job}" if first else None,
            **{name: value for at, (key, custom) in enumerate(one.custom.items(), 1)
               for name, value in ((f"field{at}_name", key), (f"field{at}_value", custom))},
            "created": seconds(one.created), "modified": seconds(one.updated),
        }  # fmt: skip

    part = found[page * size : (page + 1) * size]
    head = {"Content-Type": "application/vnd.firma.applicants+json; charset=utf-8"}
    return reply({"applicants": [*map(record, part)], "rowCount": len(found)}, headers=head)


def headed(request: Request) -> Reply:
    """A bare list, the cursor in a header of the answer, UUIDs, 204 where nobody is."""
    if request.headers.get("x-access-key") != KEY:
        return error(403)
    if request.path != "/v1/persons":
        return error(404)
    try:
        found = since(request.query.get("updatedFrom"), datetime.fromisoformat)
        size = min(number(request, "limit", 20), 50)
        start = int((request.query.get("cursor") or "n0")[1:])
    except ValueError:
        return error(400)
    part = found[start : start + size]
    if not part:
        return reply(b"", 204)

    def record(one: Somebody) -> Json:
        return {
            "personUuid": str(uuid.UUID(int=one.number << 64 | 0x4000_8000)),
            "name": {"givenName": one.first_name, "familyName": one.last_name},
            "channels": [{"channel": "EMAIL", "content": one.mail},
                         {"channel": "PHONE", "content": one.phone}]
            + ([{"channel": "MOBILE", "content": one.mobile}] if one.mobile else []),
            "home": {"street": one.street, "zipCode": one.zip_code, "city": one.city,
                     "countryCode": one.country},
            "recruitingChannel": one.source,
            "employment": {"employerName": one.company, "jobTitle": one.title},
            "candidatures": [
                {"positionId": each.job, "positionTitle": JOBS[each.job],
                 "state": {"code": each.status.upper(), "text": each.status},
                 "appliedOn": millis(each.when)} for each in one.applied
            ],
            "ownFields": {key: {"type": "text", "content": value}
                          for key, value in one.custom.items()},
            "audit": {"createdAt": millis(one.created), "updatedAt": millis(one.updated)},
        }  # fmt: skip

    more = start + size < len(found)
    return reply(
        [*map(record, part)], headers={"X-Next-Cursor": f"n{start + size}"} if more else {}
    )


def by_id(request: Request) -> Reply:
    """The list is an object by id, custom fields are entries `x` and `y`, sizes the server's."""
    if request.headers.get("authorization") != KEY:
        return error(401)
    if request.path != "/v3/talentpool":
        return error(404)
    try:
        found = since(request.query.get("changed_after"), as_day("%Y-%m-%d %H:%M:%S"))
        page = number(request, "page", 1)
    except ValueError:
        return error(400)
    size = 20
    labels = {
        "Gehaltswunsch": "Schuhgröße",
        **{key: key for key in ("Fuehrerschein", "Berufsjahre")},
    }

    def record(one: Somebody) -> Json:
        return {
            "first": one.first_name, "last": one.last_name,
            "contacts": {"mail": {"private": one.mail}, "tel": {"home": one.phone,
                                                               "mobile": one.mobile}},
            "addr": {"str": one.street, "zip": one.zip_code, "town": one.city,
                     "ctry": one.country},
            "via": SOURCES.index(one.source), "via_text": one.source,
            "currently": {"employer": one.company, "role": one.title},
            "openings": {
                str(each.job): {"label": JOBS[each.job], "stage": each.status,
                                "on": local(each.when, "%Y-%m-%d %H:%M:%S")}
                for each in one.applied
            },
            "zz": [{"x": labels[key], "y": value} for key, value in one.custom.items()],
            "ts_new": local(one.created, "%Y-%m-%d %H:%M:%S"),
            "ts_upd": local(one.updated, "%Y-%m-%d %H:%M:%S"),
        }  # fmt: skip

    part = found[(page - 1) * size : page * size]
    people = {f"t{one.number}": {"tid": f"t{one.number}", **record(one)} for one in part}
    return reply({"ok": True, "page": page, "pages": -(-len(found) // size), "talents": people})


MORE_STRANGERS: Mapping[str, Stranger] = {
    "properties": Stranger(
        properties, "/crm/v3/objects", {"auth_header": "X-HAPI-Token"}, custom=str.lower
    ),
    "force": Stranger(
        force, "/services/data/v60.0", identify=lambda n: f"0035g{n:013}",
        custom=lambda key: f"{key}__c",
    ),
    "recruit": Stranger(
        recruit, "/recruit/v2", {"candidates_path": "/Candidates", "auth_header": "X-Zoho-Token"},
        identify=lambda n: f"ZR_{n}_CAND",
    ),
    "behoerde": Stranger(
        behoerde, "/personal",
        {"candidates_path": "/bewerberliste", "auth_param": "zugriffstoken"},
        identify=lambda n: str(-n),
    ),
    "texts": Stranger(
        texts, "/schnittstelle", {"candidates_path": "/bewerber", "auth_header": "X-Schluessel"}
    ),
    "numbered": Stranger(
        numbered, "/api", {"candidates_path": "/applicants", "auth_header": "X-Mandant-Key"},
        identify=lambda n: f"APP-{n}", job=lambda n: f"J{n}",
    ),
    "headed": Stranger(
        headed, "/v1", {"candidates_path": "/persons", "auth_header": "X-Access-Key"},
        identify=lambda n: str(uuid.UUID(int=n << 64 | 0x4000_8000)),
    ),
    "by_id": Stranger(
        by_id, "/v3", {"candidates_path": "/talentpool", "auth_header": "Authorization"},
        identify=lambda n: f"t{n}",
        custom=lambda key: {"Gehaltswunsch": "Schuhgröße"}.get(key, key),
    ),
}  # fmt: skip
