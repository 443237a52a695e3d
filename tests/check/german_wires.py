"""Six more servers, as PHP and its frameworks would send them.

They were written before any of their names was looked up in the package's lists. What `persy check` finds of them is found
by what values look like, or by words that APIs have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from tests.check.wires import (
    BERLIN,
    JOBS,
    KEY,
    Json,
    Person,
    Wire,
    day_in_german,
    iso,
    missing,
    php_date,
    refused,
    since,
)
from tests.server import Reply, Request, reply


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def _seconds(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), UTC)


def _berlin(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BERLIN)


def staffing(request: Request) -> Reply:
    """An agency's own PHP: an offset with a cap, date objects, entries of label and val."""
    if request.headers.get("x-api-token") != KEY:
        return refused()
    if request.path != "/rest/v2/bewerber":
        return missing()
    try:
        found = since(request.query.get("aenderung_ab"), day_in_german)
    except ValueError:
        return reply({"meldung": "aenderung_ab: Format TT.MM.JJJJ"}, 422)
    start = _number(request.query.get("offset"), 0)
    size = min(_number(request.query.get("anzahl"), 20), 50)

    def record(one: Person) -> Json:
        return {
            "bewerber_nr": f"{one.number:08}",
            "anrede": "Frau" if one.number % 2 else "Herr",
            "vname": one.first_name,
            "zname": one.last_name,
            "kommunikation": [
                {"art": "Telefon privat", "eintrag": one.phone},
                {"art": "E-Mail", "eintrag": one.mail},
            ],
            "anschrift": {"str": one.street, "plz": one.zip_code, "ort": one.city, "land": "DE"},
            "erfasst": php_date(one.created),
            "bearbeitet": php_date(one.updated),
            "geworben_ueber": one.source,
            "einsaetze": [
                {
                    "auftrag_nr": job,
                    "taetigkeit": JOBS[job],
                    "bearbeitungsstand": status,
                    "vorgeschlagen": php_date(when),
                }
                for job, status, when in one.openings
            ],
            "stamm_zusatz": [{"label": key, "val": text} for key, text in one.custom.items()],
        }

    page = [*map(record, found[start : start + size])]
    return reply({"status": "ok", "gesamt": len(found), "satz": page})


def json_api(request: Request) -> Reply:
    """JSON:API with kebab case, a filter in its family, entries of field and value."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return refused()
    if request.path != "/api/applicants":
        return missing()
    try:
        found = since(request.query.get("filter[changed-from]"), datetime.fromisoformat)
    except ValueError:
        return reply({"errors": [{"status": "400", "title": "Invalid filter"}]}, 400)
    number = _number(request.query.get("page[number]"), 1)
    size = min(_number(request.query.get("page[size]"), 15), 30)

    def record(one: Person) -> Json:
        return {
            "type": "applicants",
            "id": str(one.number),
            "attributes": {
                "given-name": one.first_name,
                "surname": one.last_name,
                "phones": [{"kind": "private", "digits": one.phone}],
                "mails": [{"kind": "private", "address": one.mail}],
                "residence": {
                    "street-line": one.street, "postcode": one.zip_code, "city-name": one.city,
                },
                "recorded-on": iso(one.created),
                "changed-on": iso(one.updated),
                "recruiting-channel": one.source,
                "vacancies": [
                    {
                        "vacancy-id": job, "vacancy-title": JOBS[job],
                        "stage": status, "entered-on": iso(when),
                    }
                    for job, status, when in one.openings
                ],
                "questionnaire": [
                    {"field": key, "value": text} for key, text in one.custom.items()
                ],
            },
            "links": {"self": f"/api/applicants/{one.number}"},
        }  # fmt: skip

    pages = -(-len(found) // size)
    query = {"page[number]": str(number + 1), "page[size]": str(size)}
    links = {"next": f"/api/applicants?{urlencode(query)}"} if number < pages else {}
    page = [*map(record, found[(number - 1) * size : number * size])]
    return reply({"data": page, "links": links, "meta": {"page": {"total": len(found)}}})


def hal(request: Request) -> Reply:
    """HAL with German resources: pages from 0, nested persons, a filter in Unix seconds."""
    if request.headers.get("x-auth-token") != KEY:
        return refused()
    if request.path != "/kandidaten":
        return missing()
    bound = request.query.get("geaendert_seit")
    if bound and not bound.isdigit():
        return reply({"title": "Bad Request", "detail": "geaendert_seit"}, 400)
    found = since(bound, _seconds)
    number = _number(request.query.get("page"), 0)
    size = min(_number(request.query.get("size"), 20), 100)

    def record(one: Person) -> Json:
        return {
            "kandidatId": one.number,
            "person": {
                "name": {"vorname": one.first_name, "familienname": one.last_name},
                "kontaktwege": [
                    {"typ": "MOBIL", "nummer": one.phone}, {"typ": "EMAIL", "nummer": one.mail},
                ],
                "adressen": [
                    {"strasseHausnr": one.street, "postleitzahl": one.zip_code, "wohnort": one.city}
                ],
            },
            "angelegtAm": int(one.created.timestamp()),
            "geaendertAm": int(one.updated.timestamp()),
            "quelle": {"id": len(one.source), "bezeichnung": one.source},
            "bewerbungen": [
                {
                    "stelle": {"stelleId": job, "bezeichnung": JOBS[job]},
                    "status": {"bezeichnung": status},
                    "eingangAm": int(when.timestamp()),
                }
                for job, status, when in one.openings
            ],
            "merkmalwerte": dict(one.custom),
            "_links": {"self": {"href": f"/kandidaten/{one.number}"}},
        }  # fmt: skip

    page = [*map(record, found[number * size : (number + 1) * size])]
    document: Json = {
        "_links": {"self": {"href": f"/kandidaten?page={number}&size={size}"}},
        "page": {"size": size, "totalElements": len(found), "number": number},
    }
    if page:
        document["_embedded"] = {"kandidaten": page}
    return reply(document)


def yii(request: Request) -> Reply:
    """Yii2: its parameter of the key, its pages, camelCase, a wall clock of Berlin."""
    if request.query.get("access-token") != KEY:
        return refused()
    if request.path != "/v1/candidates":
        return missing()
    try:
        found = since(request.query.get("updatedFrom"), _berlin)
    except ValueError:
        return reply({"name": "Bad Request", "status": 400, "message": "updatedFrom"}, 400)
    number = max(1, _number(request.query.get("page"), 1))
    size = min(_number(request.query.get("per-page"), 20), 50)
    last = max(1, -(-len(found) // size))
    number = min(number, last)  # Yii2 answers its last page for ever

    def wall(when: datetime) -> str:
        return f"{when.astimezone(BERLIN):%Y-%m-%d %H:%M:%S}"

    def record(one: Person) -> Json:
        return {
            "id": str(one.number),
            "firstName": one.first_name,
            "lastName": one.last_name,
            "privatePhone": one.phone,
            "privateMail": one.mail,
            "streetAndNumber": one.street,
            "postalCode": one.zip_code,
            "city": one.city,
            "insertTime": wall(one.created),
            "modTime": wall(one.updated),
            "applicationChannel": one.source,
            "projects": [
                {
                    "projectId": job, "projectName": JOBS[job],
                    "stateText": status, "assignTime": wall(when),
                }
                for job, status, when in one.openings
            ],
            "extra": {key: {"title": key, "content": text} for key, text in one.custom.items()},
        }  # fmt: skip

    page = [*map(record, found[(number - 1) * size : number * size])]
    meta = {
        "totalCount": len(found), "pageCount": last, "currentPage": number, "perPage": size,
    }  # fmt: skip
    return reply({"items": page, "_meta": meta})


def columns(request: Request) -> Reply:
    """Rows of a table, by name and by number; epochs as text; nothing refused, much ignored."""
    if request.headers.get("api-key") != KEY:
        return refused()
    if request.path != "/export/personen":
        return missing()
    found = since(request.query.get("mtime_from"), lambda t: _seconds(t) if t.isdigit() else _past)
    number = _number(request.query.get("p"), 1)
    size = min(_number(request.query.get("n"), 25), 25)

    def record(one: Person) -> Json:
        row: Json = {
            "pers_id": f"{one.number:06}",
            "pers_vn": one.first_name,
            "pers_nn": one.last_name,
            "tel_1": one.phone,
            "tel_2": None,
            "mail_1": one.mail,
            "mail_2": "",
            "wo_str": one.street,
            "wo_plz": one.zip_code,
            "wo_ort": one.city,
            "ctime": str(int(one.created.timestamp())),
            "mtime": str(int(one.updated.timestamp())),
            "herk": one.source,
        }
        doubled = {**row, **{str(place): value for place, value in enumerate(row.values())}}
        return {
            **doubled,
            "vorgaenge": [
                {
                    "job_id": str(job), "job_text": JOBS[job],
                    "vg_status": status, "vg_time": str(int(when.timestamp())),
                }
                for job, status, when in one.openings
            ],
            "freitexte": [{"feld": key, "inhalt": text} for key, text in one.custom.items()],
        }  # fmt: skip

    page = [*map(record, found[(number - 1) * size : number * size])]
    return reply({"anz": len(page), "rows": page})


_past = datetime(1970, 1, 1, tzinfo=UTC)


def platform(request: Request) -> Reply:
    """API Platform: Hydra, its filter of dates, schema.org's nested objects."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return refused()
    if request.path != "/api/people":
        return missing()
    try:
        found = since(request.query.get("updatedAt[after]"), datetime.fromisoformat)
    except ValueError:
        found = since(None, _never)
    number = _number(request.query.get("page"), 1)
    size = min(_number(request.query.get("itemsPerPage"), 30), 30)

    def record(one: Person) -> Json:
        return {
            "@id": f"/api/people/{one.number}",
            "@type": "Person",
            "identifier": one.number,
            "givenName": one.first_name,
            "familyName": one.last_name,
            "contactPoints": [
                {"contactType": "email", "value": one.mail},
                {"contactType": "phone", "value": one.phone},
            ],
            "address": {
                "streetAddress": one.street, "postalCode": one.zip_code,
                "addressLocality": one.city,
            },
            "createdAt": one.created.astimezone(BERLIN).isoformat(timespec="seconds"),
            "updatedAt": one.updated.astimezone(BERLIN).isoformat(timespec="seconds"),
            "acquiredThrough": {"@type": "Channel", "name": one.source},
            "candidatures": [
                {
                    "@type": "Candidature",
                    "position": {
                        "@id": f"/api/positions/{job}", "identifier": job, "name": JOBS[job],
                    },
                    "state": status,
                    "createdAt": when.astimezone(BERLIN).isoformat(timespec="seconds"),
                }
                for job, status, when in one.openings
            ],
            "answers": [{"question": key, "answer": text} for key, text in one.custom.items()],
        }  # fmt: skip

    page = [*map(record, found[(number - 1) * size : number * size])]
    view = {"@id": f"/api/people?page={number}"}
    if number * size < len(found):
        view["hydra:next"] = f"/api/people?page={number + 1}"
    return reply({"hydra:member": page, "hydra:totalItems": len(found), "hydra:view": view})


def _never(text: str) -> datetime:
    raise ValueError(text)


FRESH: Mapping[str, Wire] = {
    "staffing": Wire(staffing, prefix="/rest/v2"),
    "json_api": Wire(json_api, prefix="/api"),
    "hal": Wire(hal),
    "yii": Wire(yii),
    "columns": Wire(columns, prefix="/export", by_hand={"candidates_path": "/personen"}),
    "platform": Wire(platform, prefix="/api", by_hand={"candidates_path": "/people"}),
}
