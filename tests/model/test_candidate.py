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


def test_the_default_candidate(read: Read, default_record: Json, default_values: Json) -> None:
    candidate = read(default_record)
    assert candidate.remote_id == "4711"
    assert candidate.created_at == 1774703111000
    assert candidate.updated_at == 1793607234000
    assert candidate.values == default_values
    assert list(candidate.values) == list(default_values)
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
def test_the_same_facts_in_flat_shapes(read: Read, record: Json, default_values: Json) -> None:
    candidate = read(record)
    assert candidate.remote_id == "4711"
    assert candidate.values == default_values
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
    read: Read,
    default_record: Json,
    default_values: Json,
    change: Callable[[Json], Json],
) -> None:
    custom = default_record.pop("UserArea")
    candidate = read({**change(default_record), "UserArea": custom})
    assert candidate.values == default_values
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
        (PERSON, ["Jürgen", "Karl"], "first_name", "Jürgen Karl"),
        (PERSON, ["Jürgen", "Jürgen"], "first_name", "Jürgen"),
        (PERSON, ["", "Karl"], "first_name", "Karl"),
        (PERSON, "", "first_name", None),
        (PERSON, " \u00a0\ufeff ", "first_name", None),
        (PERSON, [], "first_name", None),
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
def test_hazards_of_values(  # noqa: PLR0913  (a table)
    read: Read,
    default_record: Json,
    default_values: Json,
    path: str,
    value: object,
    field: str,
    expected: object,
) -> None:
    candidate = read(put(default_record, path, value))
    assert candidate.values == default_values | {field: expected, **_also(path, candidate)}
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
        (PERSON, {}, "first_name: lost"),
        (PERSON, {"comment": {}}, "first_name: lost"),
        (PERSON, {"comment": [{}, {}]}, "first_name: lost"),
        (PERSON, {"@attributes": {"lang": "de"}}, "first_name: lost"),
        ("CandidateProfile.PersonalData.ContactMethod.0.Telephone", {}, "phone_numbers: lost"),
        (f"{INFO}.CreatedDate", {"0": {"comment": {}}}, "remote_created_at: lost"),
        ("PositionOpening.0.ApplicationDate", {}, "applications.remote_created_at: lost"),
        ("UserArea.Gehaltswunsch", {"comment": {}}, "custom_fields: lost"),
        ("UserArea.Sprachen", ["Deutsch", {}], "custom_fields: lost"),
        ("PositionOpening.0.PositionRecordInfo.Id.IdValue", 88.0, "opening without id"),
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
        {"Id": 4711.0},
        {"Id": 1.2345678901234568e22},
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


def test_excluded_keys_feed_nothing_but_ids_and_times(
    default_record: Json, default_values: Json
) -> None:
    exclude = frozenset(
        {"GivenName", "Gehaltswunsch", "CandidateSupplier.EntityName", "IdValue"}
        | {"LastModificationDate", "PositionOpening.Status", "Title"}
    )
    candidate = compile_reader(Rules(exclude_fields=exclude))(default_record)
    assert candidate.values == default_values | {"first_name": None, "source": None, "title": None}
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
