from __future__ import annotations

import html
import re
import typing as t
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.sandbox.facts import (
    BERLIN,
    Address,
    Candidate,
    Email,
    Employment,
    Opening,
    Phone,
)
from tap_compleetpersy.sandbox.shapes import flat, german, hrxml, php
from tests.documented import DEFAULT

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.people import People

CREATED = datetime(2026, 3, 28, 13, 5, 11, tzinfo=UTC)
CUSTOM_FIELDS = {
    "Gehaltswunsch": "42.000",
    "Fuehrerschein": "B",
    "Eintrittsdatum": "01.02.2027",
    "Schichtbereit": "1",
    "Sprachen": ["Deutsch", "Polnisch"],
}
JUERGEN = Candidate(
    remote_id="4711",
    created_at=CREATED,
    updated_at=datetime(2026, 11, 2, 8, 13, 54, tzinfo=UTC),
    first_name="Jürgen",
    last_name="Müller-Lüdenscheidt",
    status="active",
    confidential=False,
    source="StepStone",
    phones=(Phone("+49 89 1234567"), Phone("0171 1234567", kind="mobile")),
    emails=(Email("j.mueller@example.org"),),
    address=Address("DE", "80331", "Bayern", "München", "Sendlinger Straße", "12a"),
    employments=(Employment("Werkzeugbau Huber GmbH", "Industriemechaniker", current=True),),
    openings=(Opening("88", "Mechatroniker (m/w/d)", "interview", CREATED),),
    custom_fields=CUSTOM_FIELDS,
)


def test_hrxml_is_the_default_candidate_of_the_documentation() -> None:
    assert hrxml(JUERGEN) == DEFAULT


def test_flat_is_english_with_numbers_as_ids_of_openings() -> None:
    assert flat(JUERGEN) == {
        "Id": "4711",
        "FirstName": "Jürgen",
        "LastName": "Müller-Lüdenscheidt",
        "Status": "active",
        "Confidential": False,
        "Source": "StepStone",
        "Created": "2026-03-28 14:05:11",
        "Modified": "2026-11-02 09:13:54",
        "Phone": "+49 89 1234567",
        "Mobile": "0171 1234567",
        "Email": "j.mueller@example.org",
        "Company": "Werkzeugbau Huber GmbH",
        "JobTitle": "Industriemechaniker",
        "Street": "Sendlinger Straße 12a",
        "ZipCode": "80331",
        "City": "München",
        "State": "Bayern",
        "Country": "DE",
        "PositionOpening": {
            "Id": 88,
            "Title": "Mechatroniker (m/w/d)",
            "Status": "interview",
            "ApplicationDate": "2026-03-28 14:05:11",
        },
        "CustomFields": CUSTOM_FIELDS,
    }


def test_german_is_flat_with_custom_fields_among_the_others() -> None:
    assert german(JUERGEN) == {
        "Id": "4711",
        "Vorname": "Jürgen",
        "Nachname": "Müller-Lüdenscheidt",
        "Status": "active",
        "Vertraulich": "nein",
        "Quelle": "StepStone",
        "Erstellt": "2026-03-28T14:05:11+01:00",
        "Geaendert": "2026-11-02T09:13:54+01:00",
        "Telefon": "+49 89 1234567",
        "Mobil": "0171 1234567",
        "Email": "j.mueller@example.org",
        "Firma": "Werkzeugbau Huber GmbH",
        "Position": "Industriemechaniker",
        "Strasse": "Sendlinger Straße 12a",
        "PLZ": "80331",
        "Ort": "München",
        "Bundesland": "Bayern",
        "Land": "DE",
        "Stellen": {
            "Id": 88,
            "Bezeichnung": "Mechatroniker (m/w/d)",
            "Status": "interview",
            "Bewerbungsdatum": "2026-03-28T14:05:11+01:00",
        },
        **CUSTOM_FIELDS,
    }


def test_what_is_unknown_leaves_its_key_out() -> None:
    nobody = Candidate(remote_id="1", created_at=CREATED, updated_at=CREATED)
    assert hrxml(nobody) == {
        "CandidateRecordInfo": {
            "Id": {"IdValue": "1"},
            "Confidential": "",
            "CreatedDate": "2026-03-28 14:05:11",
            "LastModificationDate": "2026-03-28 14:05:11",
        },
        "CandidateProfile": {
            "PersonalData": {"PersonName": {}, "ContactMethod": []},
            "EmploymentHistory": {"EmployerOrg": []},
        },
        "PositionOpening": [],
        "UserArea": {},
    }


def test_two_numbers_of_one_kind_need_two_contact_methods() -> None:
    phones = (Phone("1"), Phone("2"), Phone("3", use="business"), Phone("4", use=None))
    record = hrxml(Candidate("1", CREATED, CREATED, phones=phones))
    assert record["CandidateProfile"]["PersonalData"]["ContactMethod"] == [
        {"Use": "personal", "Telephone": {"FormattedNumber": "1"}},
        {"Use": "personal", "Telephone": {"FormattedNumber": "2"}},
        {"Use": "business", "Telephone": {"FormattedNumber": "3"}},
        {"Telephone": {"FormattedNumber": "4"}},
    ]


@given(number=st.integers(1, 10**6))
def test_php_hazards_lose_nothing(people: People, number: int) -> None:
    candidate = people.candidate(number)
    assert plain(php(candidate)) == plain(hrxml(candidate))


def test_every_php_hazard_appears(people: People) -> None:
    text = "".join(str(php(people.candidate(number))) for number in range(1, 500))
    for hazard in (
        "'@attributes'",
        "'@lang'",
        "'$'",
        "'hr:PersonName'",
        "'personname'",
        "'personName'",
        "&uuml;",
        "0000-00-00 00:00:00",
        "'PositionOpening': {",
        "'PositionOpening': {'0': ",
        "'timezone_type': 1",
        "'timezone_type': 3",
        "'#'",
        "'_'",
        "'_text'",
        "{'0': '",
        " +0100'",
        "'PositionOpening': None",
        "'PositionOpening': ''",
        "'ApplicationDate': '[",
    ):
        assert hazard in text, hazard
    assert re.search(r"\d\d\.\d\d\.\d{4} \d\d:\d\d'", text)


def plain(value: object, key: str = "") -> t.Any:
    """Read a record back in the simplest way: small keys, no empties, no lists of one."""
    value = unwrapped(value)
    if isinstance(value, dict):
        if key == "userarea":
            return value
        names = {name.rpartition(":")[2].lower(): part for name, part in value.items()}
        parts = {name: plain(part, name) for name, part in names.items()}
        return {name: part for name, part in parts.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        items = [plain(item, key) for item in value]
        return items[0] if len(items) == 1 else items
    if key.endswith("date"):
        return moment(value)
    return html.unescape(str(value)) if value is not None else None


def unwrapped(value: object) -> object:
    """Take a text out of its wrapper, a list out of its numbers, and a time out of PHP's."""
    if not isinstance(value, dict) or not value:
        return value
    if "timezone_type" in value:
        zone = "+00:00" if value["timezone"] == "UTC" else value["timezone"]
        return f"{value['date']}{zone}"
    if all(name.isdigit() for name in value):
        return list(value.values())
    return next((value[text] for text in ("#text", "#", "_", "_text", "$") if text in value), value)


def moment(value: object) -> datetime | None:
    if not value or value == "0000-00-00 00:00:00":
        return None
    text = str(value).lstrip("[")
    if text[0].isalpha():
        return parsedate_to_datetime(text).astimezone(UTC)
    if text.isdecimal():
        return datetime.fromtimestamp(int(text) / (1000 if len(text) > 10 else 1), UTC)
    text = re.sub(r"^(\d\d)[.-](\d\d)[.-](\d{4})", r"\3-\2-\1", text)
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=BERLIN, fold=1)).astimezone(UTC)
