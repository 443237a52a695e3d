from __future__ import annotations

import copy
import typing as t

import pytest

from tap_compleetpersy.model.candidate import Rules, UnreadableRecord, compile_reader

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.model.candidate import Candidate

Json = dict[str, t.Any]
Value = t.Any
Read = t.Any

LOCATION = {
    "city": "München",
    "country": "DE",
    "raw": "Sendlinger Straße 12a, 80331 München",
    "state": "Bayern",
    "street_1": "Sendlinger Straße 12a",
    "street_2": None,
    "zip_code": "80331",
}
VALUES = {
    "first_name": "Jürgen",
    "last_name": "Müller-Lüdenscheidt",
    "company": "Werkzeugbau Huber GmbH",
    "title": "Industriemechaniker",
    "confidential": False,
    "source": "StepStone",
    "phone_numbers": [
        {"phone_number": "+49 89 1234567", "type": "HOME"},
        {"phone_number": "0171 1234567", "type": "MOBILE"},
    ],
    "email_addresses": [{"email_address": "j.mueller@example.org", "type": "PRIVATE"}],
    "location": LOCATION,
    "remote_created_at": "2026-03-28T13:05:11.000Z",
    "remote_updated_at": "2026-11-02T08:13:54.000Z",
}
CUSTOM = {
    "Gehaltswunsch": "42.000",
    "Fuehrerschein": "B",
    "Eintrittsdatum": "01.02.2027",
    "Schichtbereit": "1",
    "Sprachen": ["Deutsch", "Polnisch"],
}


def put(record: Json, path: str, value: object) -> Json:
    """Return a copy with another value at a dotted path; digits are positions in lists."""
    record = copy.deepcopy(record)
    *parents, last = (int(name) if name.isdigit() else name for name in path.split("."))
    place: t.Any = record
    for name in parents:
        place = place[name]
    place[last] = value
    return record


def test_the_default_candidate(read: Read, default_record: Json) -> None:
    candidate = read(default_record)
    assert candidate.remote_id == "4711"
    assert candidate.created_at == 1774703111000
    assert candidate.updated_at == 1793607234000
    assert candidate.values == VALUES
    assert list(candidate.values) == list(VALUES)
    assert candidate.custom == CUSTOM
    assert candidate.labels == {}
    assert candidate.doubts == ()
    (opening,) = candidate.openings
    assert opening.remote_id == "88"
    assert opening.name == "Mechatroniker (m/w/d)"
    assert opening.outcome == "PENDING"
    assert opening.created_at == 1774703111000
    assert opening.raw == default_record["PositionOpening"][0]


FLAT_ENGLISH = {
    "Id": 4711,
    "FirstName": "Jürgen",
    "LastName": "Müller-Lüdenscheidt",
    "Company": "Werkzeugbau Huber GmbH",
    "Title": "Industriemechaniker",
    "Confidential": False,
    "Source": "StepStone",
    "PhoneHome": "+49 89 1234567",
    "Mobile": "0171 1234567",
    "PrivateEmail": "j.mueller@example.org",
    "Street": "Sendlinger Straße 12a",
    "ZipCode": "80331",
    "City": "München",
    "State": "Bayern",
    "Country": "Germany",
    "CreatedAt": "2026-03-28T14:05:11+01:00",
    "UpdatedAt": "2026-11-02T08:13:54Z",
    "PositionOpening": {
        "Id": 88,
        "Title": "Mechatroniker (m/w/d)",
        "Status": "interview",
        "ApplicationDate": "2026-03-28T13:05:11Z",
    },
    "CustomFields": [
        {"Key": "Gehaltswunsch", "Value": "42.000"},
        {"Key": "Fuehrerschein", "Value": "B"},
        {"Key": "Eintrittsdatum", "Value": "01.02.2027"},
        {"Key": "Schichtbereit", "Value": "1"},
        {"Key": "Sprachen", "Value": ["Deutsch", "Polnisch"]},
    ],
}
FLAT_GERMAN = {
    "id": "4711",
    "Vorname": "Jürgen",
    "Nachname": "Müller-Lüdenscheidt",
    "Firma": "Werkzeugbau Huber GmbH",
    "Position": "Industriemechaniker",
    "Vertraulich": "nein",
    "Quelle": "StepStone",
    "TelefonPrivat": "+49 89 1234567",
    "Mobil": "0171 1234567",
    "E-Mail privat": "j.mueller@example.org",
    "Strasse": "Sendlinger Straße",
    "Hausnummer": "12a",
    "PLZ": 80331,
    "Ort": "München",
    "Bundesland": "Bayern",
    "Land": "Deutschland",
    "Erstellt": "28.03.2026 14:05:11",
    "Geändert": "02.11.2026 09:13:54",
    "Bewerbungen": [
        {
            "Stelle": {"Id": "88", "Titel": "Mechatroniker (m/w/d)"},
            "Bewerbungsstatus": "Interview",
            "Bewerbungsdatum": "28.03.2026 14:05:11",
        }
    ],
    **CUSTOM,
}


@pytest.mark.parametrize("record", [FLAT_ENGLISH, FLAT_GERMAN], ids=["english", "german"])
def test_the_same_facts_in_flat_shapes(read: Read, record: Json) -> None:
    candidate = read(record)
    assert candidate.remote_id == "4711"
    assert candidate.values == VALUES
    assert candidate.custom == CUSTOM
    assert candidate.doubts == ()
    (opening,) = candidate.openings
    assert (opening.remote_id, opening.name) == ("88", "Mechatroniker (m/w/d)")
    assert (opening.outcome, opening.created_at) == ("PENDING", 1774703111000)


def lower(value: Value) -> Value:
    if isinstance(value, dict):
        return {key.lower(): lower(item) for key, item in value.items()}
    return [lower(item) for item in value] if isinstance(value, list) else value


def spaced(value: Value) -> Value:
    if isinstance(value, dict):
        return {f"hr:{key}": spaced(item) for key, item in value.items()}
    return [spaced(item) for item in value] if isinstance(value, list) else value


def wrapped(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: wrapped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [wrapped(item) for item in value]
    return {"@attributes": {"lang": "de"}, "#text": value}


def attributed(value: Value) -> Value:
    """Turn scalars of objects into attributes, as converters from XML do."""
    if isinstance(value, list):
        return [attributed(item) for item in value]
    if not isinstance(value, dict):
        return value
    scalars = {key: item for key, item in value.items() if isinstance(item, str)}
    rest = {key: attributed(item) for key, item in value.items() if key not in scalars}
    return {"@attributes": scalars, **rest} if scalars else rest


@pytest.mark.parametrize("change", [lower, spaced, wrapped, attributed])
def test_spelling_and_wrappers_do_not_matter(
    read: Read, default_record: Json, change: Callable[[Json], Json]
) -> None:
    custom = default_record.pop("UserArea")
    candidate = read({**change(default_record), "UserArea": custom})
    assert candidate.values == VALUES
    assert candidate.custom == CUSTOM
    assert [opening.remote_id for opening in candidate.openings] == ["88"]
    assert candidate.openings[0].outcome == "PENDING"


PERSON = "CandidateProfile.PersonalData.PersonName.GivenName"
INFO = "CandidateRecordInfo"


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        (PERSON, " J&uuml;rgen ", "first_name", "Jürgen"),
        (PERSON, "Ju\u0308rgen", "first_name", "Jürgen"),
        (PERSON, "J&#252;rgen\x00", "first_name", "Jürgen"),
        (PERSON, "J\ud800ürgen", "first_name", "Jürgen"),
        (PERSON, "R&D &amp;amp; Sohn", "first_name", "R&D &amp; Sohn"),
        (PERSON, "<![CDATA[J & K &amp; L]]>", "first_name", "J & K &amp; L"),
        (PERSON, {"#text": "Jürgen", "@lang": "de"}, "first_name", "Jürgen"),
        (PERSON, {"$": "Jürgen", "@name": "x"}, "first_name", "Jürgen"),
        (PERSON, {"0": "Jürgen", "@attributes": {"lang": "de"}}, "first_name", "Jürgen"),
        (PERSON, ["Jürgen", "Karl"], "first_name", "Jürgen"),
        (PERSON, ["", "Karl"], "first_name", "Karl"),
        (PERSON, "", "first_name", None),
        (PERSON, " \u00a0\ufeff ", "first_name", None),
        (PERSON, [], "first_name", None),
        (PERSON, {}, "first_name", None),
        (PERSON, False, "first_name", None),
        (PERSON, 4711, "first_name", "4711"),
        (f"{INFO}.Confidential", "1", "confidential", True),
        (f"{INFO}.Confidential", 1, "confidential", True),
        (f"{INFO}.Confidential", True, "confidential", True),
        (f"{INFO}.Confidential", "true", "confidential", True),
        (f"{INFO}.Confidential", "Ja", "confidential", True),
        (f"{INFO}.Confidential", "nein", "confidential", False),
        (f"{INFO}.Confidential", "FALSE", "confidential", False),
        (f"{INFO}.Confidential", "", "confidential", None),
        (f"{INFO}.Confidential", None, "confidential", None),
        (f"{INFO}.CreatedDate", "0000-00-00 00:00:00", "remote_created_at", None),
        (f"{INFO}.CreatedDate", "[28.03.2026", "remote_created_at", "2026-03-27T23:00:00.000Z"),
        (f"{INFO}.CreatedDate", 1774703111, "remote_created_at", "2026-03-28T13:05:11.000Z"),
        ("CandidateSupplier", [{"EntityName": "Indeed"}], "source", "Indeed"),
        ("CandidateSupplier", "Indeed", "source", "Indeed"),
        ("CandidateProfile.EmploymentHistory", "", "company", None),
        ("CandidateProfile.PersonalData.ContactMethod", [], "location", None),
        ("CandidateProfile.PersonalData.ContactMethod", "", "phone_numbers", []),
        ("CandidateProfile.PersonalData.ContactMethod", None, "email_addresses", []),
    ],
    ids=repr,
)
def test_hazards_of_values(  # noqa: PLR0913, PLR0917  (a table)
    read: Read, default_record: Json, path: str, value: object, field: str, expected: object
) -> None:
    candidate = read(put(default_record, path, value))
    assert candidate.values == VALUES | {field: expected, **_also(path, candidate)}
    assert candidate.doubts == ()


def _also(path: str, candidate: Candidate) -> Json:
    """Name the fields that a change of a whole section takes along."""
    taken = {
        "CandidateProfile.EmploymentHistory": ("title", "company"),
        "CandidateProfile.PersonalData.ContactMethod": (
            "phone_numbers",
            "email_addresses",
            "location",
        ),
    }.get(path, ())
    return {name: candidate.values[name] for name in taken}


@pytest.mark.parametrize(
    ("path", "value", "doubt"),
    [
        (f"{INFO}.Confidential", "vielleicht", "confidential: unreadable"),
        (f"{INFO}.LastModificationDate", "gestern", "remote_updated_at: unreadable"),
        (f"{INFO}.CreatedDate", "2026-13-13", "remote_created_at: unreadable"),
        (
            "CandidateProfile.PersonalData.ContactMethod.1.InternetEmailAddress",
            "keine",
            "email_addresses: invalid",
        ),
        (
            "CandidateProfile.PersonalData.ContactMethod.0.Telephone",
            "-",
            "phone_numbers: invalid",
        ),
        ("PositionOpening.0.Status", "Runde zwei", "outcome: unknown"),
        (
            "PositionOpening.0.ApplicationDate",
            "bald",
            "applications.remote_created_at: unreadable",
        ),
        ("PositionOpening.0.PositionRecordInfo", None, "opening without id"),
        ("PositionOpening.0", "Mechatroniker", "opening without id"),
        ("UserArea", "hallo", "custom_fields: unreadable"),
    ],
)
def test_doubts_are_counted_by_kind(
    read: Read, default_record: Json, path: str, value: object, doubt: str
) -> None:
    assert read(put(default_record, path, value)).doubts == (doubt,)


@pytest.mark.parametrize(
    ("value", "remote_id"),
    [
        ("007", "007"),
        (7, "7"),
        (9007199254740993, "9007199254740993"),
        ("9007199254740993", "9007199254740993"),
        (4711.0, "4711"),
        (" ab-1 ", "ab-1"),
        ({"#text": "4711"}, "4711"),
        ([{"#text": 4711, "@idOwner": "persy"}], "4711"),
        (0, "0"),
    ],
    ids=repr,
)
def test_ids_are_text_and_lose_nothing(read: Read, value: object, remote_id: str) -> None:
    assert read({"CandidateRecordInfo": {"Id": {"IdValue": value}}}).remote_id == remote_id
    assert read({"CandidateRecordInfo": {"Id": value}}).remote_id == remote_id
    assert read({"id": value}).remote_id == remote_id
    assert read({"ID": value, "PositionOpening": {"Id": value}}).openings[0].remote_id == remote_id


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "4711",
        4711,
        {},
        {"Id": ""},
        {"Id": None},
        {"Id": True},
        {"Id": {}},
        {"Id": []},
        {"Vorname": "Geheim"},
        {"Id": float("nan")},
        {"Id": float("inf")},
    ],
    ids=repr,
)
def test_a_record_without_id_is_refused_without_its_content(read: Read, record: object) -> None:
    with pytest.raises(UnreadableRecord) as refused:
        read(record)
    assert str(refused.value) in {"not an object", "no id"}


def test_an_endless_number_is_no_id(read: Read) -> None:
    with pytest.raises(UnreadableRecord):
        read({"Id": 10**5000})


EMPLOYERS = "CandidateProfile.EmploymentHistory.EmployerOrg"


def employer(name: str | None, *positions: tuple[str, str]) -> Json:
    history = [{"Title": title, "CurrentEmployer": current} for title, current in positions]
    return {"EmployerOrgName": name, "PositionHistory": history}


@pytest.mark.parametrize(
    ("employers", "company", "title"),
    [
        ([employer("A", ("a", "false")), employer("B", ("b", "true"))], "B", "b"),
        ([employer("A", ("a", "0")), employer("B", ("x", ""), ("b", "ja"))], "B", "b"),
        ([employer("A", ("a", "")), employer("B", ("b", ""))], "A", "a"),
        ([employer("A"), employer("B", ("b", ""))], "A", None),
        ({**employer("A"), "PositionHistory": {"Title": "a"}}, "A", "a"),
        ([{"EmployerOrgName": "A"}, {"EmployerOrgName": "B", "CurrentEmployer": "1"}], "B", None),
        ([None, {}, employer("B", ("b", ""))], "B", "b"),
        (None, None, None),
    ],
)
def test_company_and_title_are_of_one_employer(
    read: Read, default_record: Json, employers: object, company: str | None, title: str | None
) -> None:
    values = read(put(default_record, EMPLOYERS, employers)).values
    assert (values["company"], values["title"]) == (company, title)


@pytest.mark.parametrize(
    ("postal", "expected"),
    [
        (
            {"DeliveryAddress": {"AddressLine": ["Am Tor 1", "Hinterhaus", "3. Stock"]}},
            {
                "street_1": "Am Tor 1",
                "street_2": "Hinterhaus",
                "raw": "Am Tor 1, Hinterhaus, 3. Stock",
            },
        ),
        ({"DeliveryAddress": {"AddressLine": "Am Tor 1"}}, {"street_1": "Am Tor 1"}),
        (
            {"DeliveryAddress": {"StreetName": "Am Tor", "AddressLine": "c/o Huber"}},
            {"street_1": "Am Tor", "street_2": "c/o Huber", "raw": "Am Tor, c/o Huber"},
        ),
        (
            {"CountryCode": "Österreich", "Municipality": "Wien", "PostalCode": 1010},
            {"country": "AT", "city": "Wien", "zip_code": "1010", "raw": "1010 Wien, Österreich"},
        ),
        ({"CountryCode": "Narnia"}, {"country": "Narnia", "raw": "Narnia"}),
        ({"DeliveryAddress": {"BuildingNumber": "1"}}, None),
        ({"Municipality": " "}, None),
        ("Am Tor 1, 80331 München", {"raw": "Am Tor 1, 80331 München"}),
        ([{}, {"Municipality": "Ulm"}, {"Municipality": "Köln"}], {"city": "Ulm", "raw": "Ulm"}),
    ],
    ids=repr,
)
def test_the_first_postal_address(read: Read, postal: object, expected: Json | None) -> None:
    record = {"Id": 1, "ContactMethod": [{"Use": "business"}, {"PostalAddress": postal}]}
    location = read(record).values["location"]
    if expected is not None:
        empty = dict.fromkeys(LOCATION)
        expected = {**empty, "raw": expected.get("street_1"), **expected}
    assert location == expected


def test_a_flat_address_beside_its_town_is_a_street(read: Read) -> None:
    location = read({"Id": 1, "Adresse": "Am Tor 1", "PLZ": "80331", "Ort": "München"})
    assert location.values["location"] == dict.fromkeys(LOCATION) | {
        "street_1": "Am Tor 1",
        "zip_code": "80331",
        "city": "München",
        "raw": "Am Tor 1, 80331 München",
    }


@pytest.mark.parametrize(
    ("record", "phones"),
    [
        (
            {"phones": ["0171 1", {"number": "089 2", "type": "work"}]},
            [("0171 1", None), ("089 2", "WORK")],
        ),
        (
            {"Telefon": "1", "Mobil": "2", "Telefax": 3},
            [("1", None), ("2", "MOBILE"), ("3", "FAX")],
        ),
        ({"Telefon": ["1", "1", "2"]}, [("1", None), ("2", None)]),
        ({"ContactMethod": {"Use": "office", "Telephone": "1"}}, [("1", "WORK")]),
        ({"ContactMethod": {"Use": "business", "Fax": {"FormattedNumber": "1"}}}, [("1", "FAX")]),
        ({"ContactMethod": {"@Use": "business", "Mobile": "1"}}, [("1", "MOBILE")]),
        ({"ContactMethod": {"Use": "emergency", "Telephone": "1"}}, [("1", None)]),
    ],
    ids=repr,
)
def test_telephone_numbers(read: Read, record: Json, phones: list[tuple[str, str | None]]) -> None:
    values = read({"Id": 1, **record}).values
    assert [(p["phone_number"], p["type"]) for p in values["phone_numbers"]] == phones


def test_invalid_mail_addresses_are_left_out(read: Read) -> None:
    candidate = read({"Id": 1, "Email": ["a@example.org", "b@", "keine", "a@example.org"]})
    assert candidate.values["email_addresses"] == [{"email_address": "a@example.org", "type": None}]
    assert candidate.doubts == ("email_addresses: invalid",) * 2


def opening(remote_id: object, **more: object) -> Json:
    return {"PositionRecordInfo": {"Id": {"IdValue": remote_id}}, **more}


@pytest.mark.parametrize(
    ("openings", "ids"),
    [
        ([opening(1), opening(2)], ["1", "2"]),
        (opening(1), ["1"]),
        ([[opening(1)], opening(2)], ["1", "2"]),
        ({"#text": opening(1)}, ["1"]),
        ([opening(88), opening("88")], ["88"]),
        (None, []),
        ("", []),
        ([], []),
        ({}, []),
        ([None, ""], []),
    ],
    ids=repr,
)
def test_one_or_many_openings(read: Read, openings: object, ids: list[str]) -> None:
    candidate = read({"Id": 1, "PositionOpening": openings})
    assert [opening.remote_id for opening in candidate.openings] == ids
    assert candidate.doubts == ()


def test_a_list_may_have_a_container(read: Read) -> None:
    record = {"Id": 1, "Bewerbungen": {"@anzahl": 2, "Bewerbung": [{"Id": 5}, {"Id": 6}]}}
    assert [opening.remote_id for opening in read(record).openings] == ["5", "6"]


def test_an_application_may_contain_its_opening(read: Read) -> None:
    element = {"Id": 900, "Status": "hired", "PositionOpening": {"Id": 5, "Title": "Koch"}}
    (one,) = read({"Id": 1, "Applications": [element]}).openings
    assert (one.remote_id, one.name, one.outcome) == ("5", "Koch", "HIRED")


@pytest.mark.parametrize("key", ["PositionOpenings", "Openings", "Stellen", "Bewerbungen", "Jobs"])
def test_other_names_of_the_list(read: Read, key: str) -> None:
    assert [o.remote_id for o in read({"Id": 1, key: [{"Id": 5}, {"Id": 6}]}).openings] == [
        "5",
        "6",
    ]


@pytest.mark.parametrize(
    ("dates", "chosen"),
    [
        (("2026-01-01", "2026-01-02"), 1),
        (("2026-01-02", "2026-01-01"), 0),
        (("2026-01-01", "2026-01-01"), 1),
        (("", ""), 1),
        (("2026-01-01", ""), 0),
        (("", "2026-01-01"), 1),
        (("02.01.2026", "2026-01-01", ""), 0),
    ],
)
def test_the_same_opening_twice_is_one_application(
    read: Read, dates: tuple[str, ...], chosen: int
) -> None:
    entries = [
        opening(88, ApplicationDate=date, Status=("Absage", "hired", "neu")[position])
        for position, date in enumerate(dates)
    ]
    (one,) = read({"Id": 1, "PositionOpening": entries}).openings
    assert one.raw is entries[chosen]
    assert one.outcome == ("DECLINED", "HIRED", "PENDING")[chosen]


def test_the_title_of_an_older_entry_is_not_lost(read: Read) -> None:
    entries = [{"Id": 8, "Title": "Koch", "ApplicationDate": "2026-01-01"}, {"Id": 8}]
    (one,) = read({"Id": 1, "PositionOpening": entries}).openings
    assert one.name == "Koch"


@pytest.mark.parametrize(
    ("own", "candidates", "outcome", "doubts"),
    [
        ("Absage", "hired", "DECLINED", ()),
        ("", "hired", "HIRED", ()),
        (None, "hired", "HIRED", ()),
        ("Runde zwei", "hired", None, ("outcome: unknown",)),
        ("nicht abgelehnt", "", None, ("outcome: unknown",)),
        ("", "", None, ()),
        ("", "active", None, ("outcome: unknown",)),
        ("Verfahren eingestellt", "", None, ("outcome: unknown",)),
    ],
)
def test_the_openings_own_status_goes_first(
    read: Read, own: str | None, candidates: str, outcome: str | None, doubts: tuple[str, ...]
) -> None:
    candidate = read({"Id": 1, "Status": candidates, "PositionOpening": opening(88, Status=own)})
    assert candidate.openings[0].outcome == outcome
    assert candidate.doubts == doubts


@pytest.mark.parametrize(
    ("container", "custom", "labels"),
    [
        ({"A": "1"}, {"A": "1"}, {}),
        ([{"@name": "A", "#text": "1"}, {"@name": "B"}], {"A": "1", "B": None}, {}),
        ({"@name": "A", "#text": "1"}, {"A": "1"}, {}),
        ({"Field": [{"@name": "A", "#text": "1"}]}, {"A": "1"}, {}),
        ({"CustomField": {"Id": 5, "Value": 1}}, {"5": 1}, {}),
        ([{"@attributes": {"name": "A"}, "#text": "1"}], {"A": "1"}, {}),
        ([{"Key": "A", "Label": "Ein A", "Value": [1, 2]}], {"A": [1, 2]}, {"A": "Ein A"}),
        ([{"Key": "A", "Name": "Ein A", "Value": 1}], {"A": 1}, {"A": "Ein A"}),
        ([{"Name": "A", "Label": "A", "Value": 1}], {"A": 1}, {}),
        ({"A": {"Label": "Ein A", "Value": "x"}}, {"A": "x"}, {"A": "Ein A"}),
        ([{"A": 1}, {"B": 2}], {"A": 1, "B": 2}, {}),
        ([{"A": 1}, {"A": 2}], {"A": [1, 2]}, {}),
        ([{"A": [1, 2]}, {"A": 3}], {"A": [1, 2, 3]}, {}),
        ([{"A": ""}, {"A": 3}], {"A": 3}, {}),
        ({"@xmlns": "urn:x", "A": 1}, {"A": 1}, {}),
        ({"A": {"#text": " M&uuml;nchen\x00 ", "@lang": "de"}}, {"A": "München"}, {}),
        ({"A": {"B": "", "C": [{"D": " 1 "}]}}, {"A": {"B": None, "C": [{"D": "1"}]}}, {}),
        ({"A": ""}, {"A": None}, {}),
        ({"A": [], "B": {}}, {"A": None, "B": None}, {}),
        ({"Größe": 1, "größe": 2}, {"Größe": 1, "größe": 2}, {}),
        ({"A.b": 1, "Ort [alt]": 2, "🙂": 3}, {"A.b": 1, "Ort [alt]": 2, "🙂": 3}, {}),
        ({"A": True, "B": 1.5, "C": 2**70}, {"A": True, "B": 1.5, "C": str(2**70)}, {}),
        ({"A": float("nan"), "B": [float("inf")]}, {"A": None, "B": [None]}, {}),
        ({"Name": "x", "Alter": 3}, {"Name": "x", "Alter": 3}, {}),
        ({"Field": "x"}, {"Field": "x"}, {}),
        ("", {}, {}),
        ([], {}, {}),
    ],
    ids=repr,
)
def test_containers_of_custom_fields(
    read: Read, container: object, custom: Json, labels: dict[str, str]
) -> None:
    for name in ("UserArea", "CustomFields", "custom_fields", "hr:UserArea"):
        candidate = read({"Id": 1, name: container})
        assert candidate.custom == custom
        assert candidate.labels == labels
        assert candidate.doubts == ()


def test_what_no_path_claims_at_the_top_is_custom(read: Read) -> None:
    record = {
        "Id": 1,
        "@xmlns:hr": "urn:x",
        "Vorname": "Jo",
        "Schuhgröße": 43,
        "Hobbys": ["Rudern"],
        "Haustier": {"Name": "Rex"},
        "Resume": {"Text": "…"},
        "UserArea": {"Schuhgröße": 44},
    }
    assert read(record).custom == {
        "Schuhgröße": [44, 43],
        "Hobbys": ["Rudern"],
        "Haustier": {"Name": "Rex"},
    }


EXTRA: dict[str, t.Any] = {
    "first_name": "Wer.Rufname",
    "source": ["UserArea.Kanal", "Woher"],
    "title": ["Beruflich.Heute"],
    "location.city": ["Wo.Stadt"],
    "location": {"country": "Wo.Staat"},
    "phone_numbers": ["Draht.Nummer"],
    "candidates.confidential": "Geheim",
    "jobs.name": ["Was.Wort"],
    "jobs": {"remote_id": "Was.Zahl"},
    "applications.outcome": "PositionOpening.Ende",
    "applications": {"remote_created_at": ["Wann"]},
    "remote_updated_at": "Meta.Zuletzt",
}


def test_field_paths_go_first() -> None:
    read = compile_reader(Rules(field_paths=EXTRA))
    candidate = read(
        {
            "Id": 1,
            "Vorname": "Falsch",
            "Wer": {"Rufname": "Jo", "Spitzname": "Jojo"},
            "UserArea": {"Kanal": "Messe", "Kleid": "rot"},
            "Beruflich": {"Heute": "Koch"},
            "EmploymentHistory": {"EmployerOrg": employer("A", ("a", "1"))},
            "Wo": [{"Stadt": "Ulm", "Staat": "Schweiz"}],
            "PLZ": "89073",
            "Telefon": "1",
            "Draht": [{"Nummer": "2", "Typ": "Handy"}, {"Nummer": "3", "Typ": "privat"}],
            "Geheim": "ja",
            "Meta": {"Zuletzt": 1793607234},
            "PositionOpening": {
                "Id": "alt",
                "Was": {"Wort": "Kellner", "Zahl": 5},
                "Ende": "Absage",
                "Wann": "2026-01-01",
            },
        }
    )
    assert candidate.values["first_name"] == "Jo"
    assert candidate.values["source"] == "Messe"
    assert (candidate.values["company"], candidate.values["title"]) == ("A", "Koch")
    assert candidate.values["location"]["city"] == "Ulm"
    assert candidate.values["location"]["country"] == "CH"
    assert candidate.values["location"]["zip_code"] == "89073"
    assert candidate.values["confidential"] is True
    assert candidate.values["remote_updated_at"] == "2026-11-02T08:13:54.000Z"
    assert candidate.values["phone_numbers"] == [
        {"phone_number": "2", "type": "MOBILE"},
        {"phone_number": "3", "type": "HOME"},
    ]
    assert candidate.custom == {"Kleid": "rot", "Wer": {"Spitzname": "Jojo"}}
    (one,) = candidate.openings
    assert (one.remote_id, one.name, one.outcome) == ("5", "Kellner", "DECLINED")
    assert one.created_at == 1767222000000


def test_built_in_paths_remain_behind_field_paths(default_record: Json) -> None:
    assert compile_reader(Rules(field_paths=EXTRA))(default_record).values == VALUES


@pytest.mark.parametrize(
    "record",
    [
        {"UserArea": {"A.b": "Messe", "C": 1}},
        {"UserArea": {"A": {"b": "Messe"}, "C": 1}},
        {"UserArea": [{"@name": "A.b", "#text": "Messe"}, {"@name": "C", "#text": 1}]},
        {"userarea": {"a.B": "Messe", "C": 1}},
    ],
    ids=repr,
)
def test_a_path_may_lead_to_a_key_with_dots(record: Json) -> None:
    candidate = compile_reader(Rules(field_paths={"source": "UserArea.A.b"}))({"Id": 1, **record})
    assert candidate.values["source"] == "Messe"
    assert candidate.custom == {"C": 1}


def test_openings_may_stand_anywhere() -> None:
    read = compile_reader(Rules(field_paths={"openings": ["Verfahren.Liste"]}))
    candidate = read({"Id": 1, "Verfahren": {"Liste": {"Id": 5}}, "Stellen": [{"Id": 6}]})
    assert [opening.remote_id for opening in candidate.openings] == ["5", "6"]
    assert candidate.custom == {}


@pytest.mark.parametrize(
    ("field_paths", "named"),
    [
        ({"vorname": ["x"]}, "vorname"),
        ({"location": ["x"]}, "location"),
        ({"location.town": "x"}, "location.town"),
        ({"jobs": {"title": "x"}}, "jobs.title"),
        ({"first_name": [1]}, "first_name"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": None}, "first_name"),
    ],
    ids=repr,
)
def test_bad_field_paths_are_named(field_paths: Json, named: str) -> None:
    with pytest.raises(ValueError, match=f"field_paths: .*'{named}'"):
        compile_reader(Rules(field_paths=field_paths))


def test_excluded_keys_feed_nothing_but_ids_and_times(default_record: Json) -> None:
    exclude = frozenset(
        {"GivenName", "Gehaltswunsch", "CandidateSupplier.EntityName", "IdValue"}
        | {"LastModificationDate", "PositionOpening.Status", "Title"}
    )
    candidate = compile_reader(Rules(exclude_fields=exclude))(default_record)
    assert candidate.values == VALUES | {"first_name": None, "source": None, "title": None}
    assert candidate.custom == {k: v for k, v in CUSTOM.items() if k != "Gehaltswunsch"}
    (one,) = candidate.openings
    assert (one.remote_id, one.outcome) == ("88", None)


def test_a_time_zone_is_a_rule(default_record: Json) -> None:
    candidate = compile_reader(Rules(time_zone="America/New_York"))(default_record)
    assert candidate.values["remote_updated_at"] == "2026-11-02T14:13:54.000Z"


def test_no_person_in_a_repr(read: Read, default_record: Json) -> None:
    candidate = read(default_record)
    shown = repr(candidate) + repr(candidate.openings)
    assert "Jürgen" not in shown
    assert "Mechatroniker" not in repr(candidate)
