"""The same fields as the tap's, mapped from the default shape at the least cost.

No tolerance: one spelling, one form of each value, no synonyms, no cleaning, no
reports. What the local Persy's default shape holds becomes the same record as the
tap's, byte for byte; a test compares them.
"""

from __future__ import annotations

import hashlib
import re
import typing as t
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

Json: t.TypeAlias = dict[str, t.Any]

_EMAIL = re.compile(r"[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+")
# The SDK decodes fractions as decimals.
_encode = msgspec.json.Encoder(decimal_format="number").encode
_BERLIN = ZoneInfo("Europe/Berlin")
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_BOOLEANS = {"1": True, "ja": True, "0": False, "nein": False}
_PHONES = {"personal": "HOME", "business": "WORK"}
_EMAILS = {"personal": "PRIVATE", "business": "WORK"}
_CODES = {"Deutschland": "DE", "Germany": "DE", "Österreich": "AT"}
_COUNTRIES = {"AT": "Österreich", "CH": "Schweiz", "PL": "Polen"}
_OUTCOMES = {
    **dict.fromkeys(("neu", "eingegangen", "in bearbeitung", "interview", "offer"), "PENDING"),
    **dict.fromkeys(("vorstellungsgespräch", "eingeladen", "angebot", "wiedervorlage"), "PENDING"),
    **dict.fromkeys(("absage", "abgelehnt", "rejected", "zurückgezogen", "withdrawn"), "DECLINED"),
    "nicht geeignet": "DECLINED",
    **dict.fromkeys(("zusage", "hired", "eingestellt"), "HIRED"),
}


def _ids(stream: str) -> Callable[[str], str]:
    """Prepare uuid5 of `["","<stream>","<remote id>"]`."""
    text = f'["","{stream}",'.encode()
    copy = hashlib.sha1(uuid.NAMESPACE_URL.bytes + text, usedforsecurity=False).copy

    def name(remote_id: str) -> str:
        digest = copy()
        digest.update(f'"{remote_id}"]'.encode())
        h = digest.hexdigest()
        return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{_VARIANT[h[16]]}{h[17:20]}-{h[20:32]}"

    return name


candidate_id, job_id, application_id = _ids("candidates"), _ids("jobs"), _ids("applications")


class Mapper:
    """Makes records of one run."""

    def __init__(self, custom_fields: Mapping[str, Json], changed_at: str) -> None:
        """Take the catalog's types of custom fields, and the run's `changed_at`."""
        self._changed_at = changed_at
        self._no_custom_fields = dict.fromkeys(custom_fields)
        self._converters = {
            key: converter
            for key, schema in custom_fields.items()
            if (converter := _CONVERTERS.get(schema.get("format", schema["type"][0])))
        }

    def candidate(self, raw: Json) -> Json:
        """Map a candidate."""
        info, profile = raw["CandidateRecordInfo"], raw["CandidateProfile"]
        person = profile["PersonalData"]
        name, contacts = person["PersonName"], person["ContactMethod"]
        company, title = _employment(profile["EmploymentHistory"]["EmployerOrg"])
        remote_id = info["Id"]["IdValue"]
        return {
            "id": candidate_id(remote_id),
            "remote_id": remote_id,
            "changed_at": self._changed_at,
            "remote_deleted_at": None,
            "first_name": name.get("GivenName"),
            "last_name": name.get("FamilyName"),
            "company": company,
            "title": title,
            "confidential": _BOOLEANS.get(info["Confidential"]),
            "source": raw["CandidateSupplier"]["EntityName"]
            if "CandidateSupplier" in raw
            else None,
            "phone_numbers": _phones(contacts),
            "email_addresses": _emails(contacts),
            "location": _location(contacts),
            "custom_fields": self._custom_fields(raw["UserArea"]),
            "integration_fields": [
                {"id": key, "key": key, "type": kind, "value": text, "label": label}
                for key, kind, text, label in _leaves(raw)
            ],
            "remote_created_at": _utc(info["CreatedDate"]),
            "remote_updated_at": _utc(info["LastModificationDate"]),
            "remote_data": None,
        }

    def job(self, opening: Json) -> Json:
        """Map the job that an opening names."""
        remote_id = opening["PositionRecordInfo"]["Id"]["IdValue"]
        return {
            "id": job_id(remote_id),
            "remote_id": remote_id,
            "changed_at": self._changed_at,
            "remote_deleted_at": None,
            "name": opening["PositionProfile"]["PositionDetail"]["PositionTitle"],
            "remote_data": None,
        }

    def application(self, of: str, status: str | None, opening: Json) -> Json:
        """Map an opening.

        Args:
            of: Remote id of the candidate.
            status: Of the candidate, for an opening without one.
            opening: As received.
        """
        opening_id = opening["PositionRecordInfo"]["Id"]["IdValue"]
        remote_id = f"{of}/{opening_id}"
        said = opening.get("Status") or status
        applied = opening.get("ApplicationDate")
        return {
            "id": application_id(remote_id),
            "remote_id": remote_id,
            "changed_at": self._changed_at,
            "remote_deleted_at": None,
            "outcome": _OUTCOMES.get(said.lower()) if said else None,
            "job_id": job_id(opening_id),
            "candidate_id": candidate_id(of),
            "remote_created_at": _utc(applied) if applied else None,
            "remote_data": None,
            "remote_status": said,
        }

    def _custom_fields(self, raw: Json) -> Json:
        typed: Json = self._no_custom_fields | raw
        for key in raw.keys() & self._converters.keys():
            typed[key] = self._converters[key](raw[key])
        return typed


def _utc(text: str) -> str:
    """Turn Berlin's wall clock into UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=_BERLIN).astimezone(UTC)
    return f"{moment.isoformat()[:19]}.000Z"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC).isoformat()[:19]}.000Z"


def _day(text: str) -> str:
    return f"{text[6:]}-{text[3:5]}-{text[:2]}"


def _boolean(value: str | bool) -> bool:  # noqa: FBT001 - JSON
    return _BOOLEANS[value] if isinstance(value, str) else value


_CONVERTERS: Mapping[str, Callable[[t.Any], object]] = {
    "boolean": _boolean,
    "integer": int,
    "date": _day,
    "date-time": _moment,
}


def _employment(employers: list[Json]) -> tuple[str | None, str | None]:
    if not employers:
        return None, None
    chosen = employers[0]
    for employer in employers:
        if employer["PositionHistory"][0]["CurrentEmployer"] == "true":
            chosen = employer
            break
    return chosen["EmployerOrgName"], chosen["PositionHistory"][0]["Title"]


def _phones(contacts: list[Json]) -> list[Json]:
    found: dict[tuple[str, str | None], None] = {}
    for contact in contacts:
        if "Telephone" in contact:
            number = contact["Telephone"]["FormattedNumber"]
            found[number, _PHONES.get(contact["Use"])] = None
        if "Mobile" in contact:
            found[contact["Mobile"]["FormattedNumber"], "MOBILE"] = None
        if "Fax" in contact:
            found[contact["Fax"]["FormattedNumber"], "FAX"] = None
    return [{"phone_number": number, "type": use} for number, use in found]


def _emails(contacts: list[Json]) -> list[Json]:
    found: dict[tuple[str, str | None], None] = {}
    for contact in contacts:
        address = contact.get("InternetEmailAddress")
        if address and _is_email(address):
            found[address, _EMAILS.get(contact["Use"])] = None
    return [{"email_address": address, "type": use} for address, use in found]


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _location(contacts: list[Json]) -> Json | None:
    address = next((c["PostalAddress"] for c in contacts if "PostalAddress" in c), None)
    if address is None:
        return None
    delivery = address.get("DeliveryAddress", {})
    if "StreetName" in delivery:
        lines = [f"{delivery['StreetName']} {delivery['BuildingNumber']}"]
    else:
        lines = delivery.get("AddressLine", [])
    land = address.get("CountryCode")
    country = _CODES.get(land, land)
    city, zip_code = address["Municipality"], address.get("PostalCode")
    shown = [*lines, f"{zip_code} {city}" if zip_code else city]
    if country in _COUNTRIES:
        shown.append(_COUNTRIES[country])
    return {
        "city": city,
        "country": country,
        "raw": ", ".join(shown),
        "state": address.get("Region"),
        "street_1": lines[0] if lines else None,
        "street_2": lines[1] if len(lines) > 1 else None,
        "zip_code": zip_code,
    }


def _leaves(raw: Json, prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    for key, value in raw.items():
        if key == "UserArea":
            for name, item in value.items():
                yield name, "CUSTOM", item if type(item) is str else _json(item), name
        elif type(value) is dict:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", "DEFAULT", value if type(value) is str else _json(value), key


def _json(value: object) -> str:
    return _encode(value).decode()
