"""Records as PHP and its converters write them: what is read, listed, kept and traced."""

from __future__ import annotations

import copy
import json
import typing as t

import pytest

from tap_compleetpersy.model.candidate import (
    Candidate,
    Rules,
    UnreadableRecord,
    compile_reader,
)
from tap_compleetpersy.model.custom_types import Sample
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.provenance import compile_provenance
from tap_compleetpersy.model.remote_data import compile_opening_data, compile_remote_data

if t.TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, t.Any]
Read = t.Callable[[object], Candidate]

NOON = {"date": "2026-11-02 12:00:00.000000", "timezone_type": 3, "timezone": "Europe/Berlin"}
NOON_UTC = "2026-11-02T11:00:00.000Z"


def listed(record: Json, rules: Rules | None = None) -> dict[str, tuple[str | None, str | None]]:
    fields = compile_integration_fields(rules or Rules())(record)
    keys = [field["key"] for field in fields]
    assert len(keys) == len(set(keys))
    return {str(field["key"]): (field["type"], field["value"]) for field in fields}


def default_keys(record: Json) -> set[str]:
    return {key for key, (kind, _) in listed(record).items() if kind == "DEFAULT"}


def with_numbers(value: t.Any) -> t.Any:
    """Write every list as PHP writes one with gaps."""
    if isinstance(value, dict):
        return {key: with_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return {str(3 * number + 1): with_numbers(item) for number, item in enumerate(value)}
    return value


def test_a_record_whose_lists_all_have_gaps_is_the_same_record(
    read: Read, default_record: Json, default_values: Json
) -> None:
    candidate = read(with_numbers(default_record))
    whole = read(default_record)
    assert candidate.values == default_values
    assert candidate.custom == whole.custom
    assert candidate.doubts == ()
    assert [o.remote_id for o in candidate.openings] == [o.remote_id for o in whole.openings]
    assert listed(with_numbers(default_record)).keys() == listed(default_record).keys()


def test_openings_keep_the_element_as_received(read: Read) -> None:
    element = {"Id": "88", "Notiz": {"0": "a", "1": "b"}}
    (opening,) = read({"Id": 1, "PositionOpening": {"5": element}}).openings
    assert opening.raw == element


def test_numbers_below_zero_are_those_of_a_list_too(read: Read) -> None:
    openings = {"-2": {"Id": "88"}, "-1": {"Id": "90"}}
    candidate = read({"Id": 1, "PositionOpening": openings, "UserArea": {"S": {"-1": "a"}}})
    assert [opening.remote_id for opening in candidate.openings] == ["88", "90"]
    assert candidate.custom == {"S": ["a"]}


def test_numbers_that_a_path_of_the_users_names_are_keys() -> None:
    read = compile_reader(Rules(field_paths={"source": "Herkunft.2"}))
    assert read({"Id": 1, "Herkunft": {"1": "Messe", "2": "Anzeige"}}).values["source"] == "Anzeige"


WRAPPED: tuple[Callable[[str], object], ...] = (
    lambda text: {"#": text, "@lang": "de"},
    lambda text: {"@name": "x", "#": text},
    lambda text: {"_": text, "$": {"lang": "de"}},
    lambda text: {"_text": text, "_attributes": {"lang": "de"}},
    lambda text: {"_cdata": text},
    lambda text: {"_text": text},
    lambda text: {"0": text},
    lambda text: {"0": text, "@attributes": {"name": "x"}},
    lambda text: {"comment": {}, "_text": text},
    lambda text: {"#text": "\n", "#cdata-section": text},
    lambda text: {"@attributes": {"lang": "de"}, "@content": text},
    lambda text: {"_attributes": {"lang": "de"}, "_value": text},
    lambda text: f"<![CDATA[{text}]]>",
)


@pytest.mark.parametrize("wrap", WRAPPED, ids=range(len(WRAPPED)))
def test_every_wrapper_of_a_text_is_looked_through(
    read: Read, default_record: Json, default_values: Json, wrap: Callable[[str], object]
) -> None:
    def wrapped(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {key: wrapped(item) for key, item in value.items()}
        if isinstance(value, list):
            return [wrapped(item) for item in value]
        return wrap(value)

    candidate = read(wrapped(default_record))

    assert candidate.values == default_values
    assert candidate.custom == read(default_record).custom
    assert candidate.doubts == ()
    assert listed(wrapped(default_record)).keys() >= listed(default_record).keys()


def test_the_name_of_an_element_is_not_its_text(read: Read) -> None:
    assert read({"Id": 1, "Quelle": {"@name": "q", "#": "Messe"}}).values["source"] == "Messe"
    assert read({"Id": 1, "Quelle": {"@name": "Messe"}}).values["source"] == "Messe"


def test_an_address_beside_an_id_is_not_the_id(read: Read) -> None:
    assert read({"@id": "/api/candidates/7", "@type": "Candidate", "id": 7}).remote_id == "7"
    assert read({"@id": "7"}).remote_id == "7"


@pytest.mark.parametrize(
    "path", ["GeaendertAm", "GeaendertAm.date", "UserArea.Stand", "UserArea.Stand.date"]
)
def test_a_time_of_phps_stands_wherever_a_path_leads(path: str) -> None:
    rules = Rules(field_paths={"remote_updated_at": path}, time_zone="Asia/Tokyo")
    record = {"Id": 1, "UserArea": {"Stand": NOON}} if "User" in path else {
        "Id": 1, "GeaendertAm": NOON
    }  # fmt: skip
    candidate = compile_reader(rules)(record)
    assert candidate.values["remote_updated_at"] == NOON_UTC
    assert candidate.custom == {}
    kinds = [kind for kind, _ in listed(record, rules).values()]
    assert kinds == ["DEFAULT", "DEFAULT"]
    assert compile_provenance(rules)(record).unclaimed == []


def test_a_date_beside_other_facts_is_read_by_its_path() -> None:
    read = compile_reader(Rules(field_paths={"remote_updated_at": "Stand.date"}))
    record = {"Id": 1, "Stand": {"date": "2026-11-02 12:00:00", "by": "Anna"}}
    assert read(record).values["remote_updated_at"] == NOON_UTC
    assert read(record).custom == {"Stand": {"by": "Anna"}}


def test_times_of_phps_in_custom_fields_are_times(read: Read) -> None:
    zero = NOON | {"date": "-0001-11-30 00:00:00.000000"}
    candidate = read({"Id": 1, "UserArea": {"Start": NOON, "Ende": zero}, "Eintritt": NOON})
    assert candidate.custom == {"Start": NOON_UTC, "Ende": None, "Eintritt": NOON_UTC}
    sample = Sample()
    sample.add(candidate.custom)
    assert sample.properties()["Start"]["format"] == "date-time"


SYMFONY = {
    "timezone": {"name": "Europe/Berlin", "transitions": [], "location": {"country_code": "DE"}},
    "offset": 3600,
    "timestamp": 1793617200,
}
OTHER_TIMES = [
    SYMFONY,
    {"timestamp": "1793617200", "timezone": "Europe/Berlin"},
    {"date": "2026-11-02 12:00:00", "timezone": "Europe/Berlin"},
]


@pytest.mark.parametrize("time", OTHER_TIMES)
def test_a_time_as_symfony_and_carbon_write_it(read: Read, time: Json) -> None:
    candidate = read({"Id": 1, "UpdatedAt": time, "UserArea": {"Start": time}})
    assert candidate.values["remote_updated_at"] == NOON_UTC
    assert candidate.custom == {"Start": NOON_UTC}
    assert candidate.doubts == ()


def test_an_object_with_a_zone_and_other_facts_is_no_time(read: Read) -> None:
    place = {"date": "heute", "timezone": "Europe/Berlin", "city": "Hof"}
    talk = {"timestamp": 1705312345, "timezone": "Europe/Berlin", "text": "Am Telefon"}
    custom = {"Ort": place, "Gespraech": talk}
    assert read({"Id": 1, "UserArea": custom}).custom == custom


@pytest.mark.parametrize("time", [NOON, *OTHER_TIMES])
def test_a_time_of_phps_is_one_field_of_the_listing(time: Json) -> None:
    record = {"Id": 1, "CreatedDate": time, "UserArea": {"Start": time}}
    as_json = json.dumps(time, separators=(",", ":"))
    assert listed(record)["CreatedDate"] == ("DEFAULT", as_json)
    assert listed(record)["Start"] == ("CUSTOM", as_json)


def test_a_time_of_phps_that_is_no_time_is_a_doubt(read: Read) -> None:
    strange = NOON | {"timezone": "Mars/Olympus"}
    candidate = read({"Id": 1, "UpdatedAt": strange, "UserArea": {"A": strange}})
    assert candidate.doubts == ("remote_updated_at: unreadable",)
    assert candidate.custom["A"] == strange


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"AnyDate": "2026-11-02"}, "2026-11-01T23:00:00.000Z"),
        ({"AnyDate": {"#": "2026-11-02T12:00:00"}}, NOON_UTC),
        ({"YearMonth": "2026-11"}, "2026-10-31T23:00:00.000Z"),
        ({"Year": 2026}, "2025-12-31T23:00:00.000Z"),
        ({"StringDate": "02.11.2026"}, "2026-11-01T23:00:00.000Z"),
        ({"StringDate": "notKnown"}, None),
    ],
)
def test_dates_of_hr_xml(read: Read, value: object, expected: str | None) -> None:
    candidate = read(
        {"Id": 1, "CreatedDate": value, "PositionOpening": {"Id": 2, "Applied": value}}
    )
    assert candidate.values["remote_created_at"] == expected
    assert candidate.doubts == ()


PARTS = {"InternationalCountryCode": "49", "AreaCityCode": "89", "SubscriberNumber": "1234567"}


@pytest.mark.parametrize(
    ("parts", "number"),
    [
        (PARTS, "+49 89 1234567"),
        (PARTS | {"Extension": 12}, "+49 89 1234567-12"),
        (PARTS | {"AreaCityCode": "089", "InternationalCountryCode": "0049"}, "+49 89 1234567"),
        (PARTS | {"InternationalCountryCode": "+39", "AreaCityCode": "06"}, "+39 06 1234567"),
        ({"InternationalCountryCode": {"#": "49"}, "NationalNumber": "089 123"}, "+49 89 123"),
        ({"AreaCityCode": "089", "SubscriberNumber": "123"}, "089 123"),
        ({"SubscriberNumber": "123"}, "123"),
        (PARTS | {"AreaCityCode": ["89"], "Extension": {"0": "", "3": ""}}, "+49 89 1234567"),
        ({"CountryDialing": "49", "AreaDialing": "89", "DialNumber": "123"}, "+49 89 123"),
        ({"Vorwahl": "089", "Rufnummer": "123", "Durchwahl": "4"}, "089 123-4"),
        (PARTS | {"FormattedNumber": "089 / 1 23"}, "089 / 1 23"),
    ],
)
def test_numbers_in_parts(read: Read, parts: Json, number: str) -> None:
    for record in (
        {"Id": 1, "ContactMethod": {"Use": "business", "Telephone": parts}},
        {"Id": 1, "ContactMethod": [{"Use": "business", "Telephone": [parts]}]},
        {"Id": 1, "PhoneNumbers": {"0": parts | {"Type": "work"}}},
    ):
        (found,) = read(record).values["phone_numbers"]
        assert found == {"phone_number": number, "type": "WORK"}
    (found,) = read({"Id": 1, "Mobil": parts}).values["phone_numbers"]
    assert found == {"phone_number": number, "type": "MOBILE"}


def test_numbers_in_parts_are_kept_and_claimed_whole() -> None:
    record = {"Id": 1, "ContactMethod": [{"Telephone": PARTS | {"Note": "x"}}]}
    assert compile_remote_data(Rules(), {"id", "remote_id", "phone_numbers"})(record) == {
        "Id": 1,
        "ContactMethod": [{"Telephone": PARTS}],
    }
    assert compile_provenance(Rules())(record).unclaimed == ["ContactMethod.Telephone.Note"]


@pytest.mark.parametrize(
    ("contact", "phone", "mail"),
    [
        ({"Use": "businessDirect"}, "WORK", "WORK"),
        ({"Use": "office"}, "WORK", "WORK"),
        ({"Location": "home"}, "HOME", "PRIVATE"),
        ({"Location": "office"}, "WORK", "WORK"),
        ({"Location": "onPerson"}, "MOBILE", None),
        ({"Use": "personal", "Location": "onPerson"}, "MOBILE", "PRIVATE"),
        ({"Use": "business", "Location": "home"}, "WORK", "WORK"),
        ({"@attributes": {"use": "business"}}, "WORK", "WORK"),
        ({}, None, None),
    ],
)
def test_use_and_location_say_what_a_contact_is_for(
    read: Read, contact: Json, phone: str | None, mail: str | None
) -> None:
    way = {"Telephone": "089 1", "InternetEmailAddress": "a@example.org"}
    values = read({"Id": 1, "ContactMethod": contact | way}).values
    assert values["phone_numbers"] == [{"phone_number": "089 1", "type": phone}]
    assert values["email_addresses"] == [{"email_address": "a@example.org", "type": mail}]
    assert values["location"] is None


@pytest.mark.parametrize("around", ["Resume", "CandidateProfile.Resume", ""])
def test_contacts_and_employment_may_stand_in_a_resume(
    read: Read, default_record: Json, default_values: Json, around: str
) -> None:
    profile = default_record.pop("CandidateProfile")
    resume: Json = {
        "StructuredXMLResume": {
            "ContactInfo": profile["PersonalData"],
            "EmploymentHistory": profile["EmploymentHistory"],
        }
    }
    for name in reversed(around.split(".") if around else ()):
        resume = {name: resume}
    record = default_record | resume
    assert read(record).values == default_values
    assert not [key for key in compile_provenance(Rules())(record).unclaimed if "Number" in key]


@pytest.mark.parametrize(
    "employer",
    [
        {"OrgName": {"OrganizationName": "Huber"}, "PositionHistory": {"Title": "Koch"}},
        {"PositionHistory": {"OrgName": {"OrganizationName": "Huber"}, "Title": "Koch"}},
        {"EmployerOrgName": "Huber", "PositionHistory": {"OrgName": "x", "Title": "Koch"}},
    ],
)
def test_names_of_organisations(read: Read, employer: Json) -> None:
    current = copy.deepcopy(employer)
    current["PositionHistory"]["@attributes"] = {"currentEmployer": "true"}
    other = {"EmployerOrgName": "Alt", "PositionHistory": {"Title": "Lehrling"}}
    for marked in (current, employer | {"@currentEmployer": "1"}):
        values = read({"Id": 1, "EmploymentHistory": {"EmployerOrg": [other, marked]}}).values
        assert (values["company"], values["title"]) == ("Huber", "Koch")


ROW = {
    "Id": 7, "0": 7, "Vorname": "Anna", "1": "Anna", "Nachname": "Berg", "2": "Berg",
    "Hobby": "Rudern", "3": "Rudern",
}  # fmt: skip


def test_a_person_as_hr_xml_3_has_one(read: Read) -> None:
    channels = [
        {"ChannelCode": "Telephone", "UseCode": "Personal", "CountryDialing": "49",
         "AreaDialing": "89", "DialNumber": "1234567"},
        {"ChannelCode": "MobileTelephone", "UseCode": "Business", "FormattedNumber": "0171 123456"},
        {"ChannelCode": "Fax", "FormattedNumber": "089 999999"},
        {"ChannelCode": "Email", "UseCode": "Business", "URI": "a@example.org"},
        {"ChannelCode": "Web", "URI": "https://example.org/a"},
        {"UseCode": "Personal", "Address": {"LineOne": "Am Tor 1", "CityName": "Hof",
         "CountryCode": "DE", "PostalCode": "95028"}},
    ]  # fmt: skip
    position = {"PositionTitle": "Meisterin", "CurrentIndicator": "true"}
    history = [
        {"OrganizationName": "Alt AG", "PositionHistory": [{"PositionTitle": "Lehrling"}]},
        {"OrganizationName": "Neu KG", "PositionHistory": [position]},
    ]
    candidate = read(
        {
            "CandidateID": {"@schemeID": "Persy", "#text": "7"},
            "CandidatePerson": {
                "PersonName": {"GivenName": "Ida", "FamilyName": "Berg"},
                "Communication": channels,
            },
            "CandidateProfile": {"EmploymentHistory": {"EmployerHistory": history}},
        }
    )
    values = candidate.values
    assert (candidate.remote_id, candidate.custom, candidate.doubts) == ("7", {}, ())
    assert (values["first_name"], values["last_name"]) == ("Ida", "Berg")
    assert (values["company"], values["title"]) == ("Neu KG", "Meisterin")
    assert [(each["phone_number"], each["type"]) for each in values["phone_numbers"]] == [
        ("+49 89 1234567", "HOME"), ("0171 123456", "MOBILE"), ("089 999999", "FAX"),
    ]  # fmt: skip
    assert values["email_addresses"] == [{"email_address": "a@example.org", "type": "WORK"}]
    assert values["location"]["raw"] == "Am Tor 1, 95028 Hof"


def test_the_numbered_copies_of_a_row_are_nothing_of_their_own(read: Read) -> None:
    assert read(ROW).custom == {"Hobby": "Rudern"}
    assert listed(ROW).keys() == {"Id", "Vorname", "Nachname", "Hobby"}
    opening = {"Id": 8, "0": 8, "Title": "Koch", "1": "Koch", "Status": {"Id": 5, "0": 5}}
    read_opening = read({**ROW, "PositionOpening": opening}).openings[0]
    assert (read_opening.remote_id, read_opening.name) == ("8", "Koch")
    assert compile_provenance(Rules())({**ROW, "PositionOpening": opening}).unclaimed == [
        "PositionOpening.Status.Id"
    ]


def test_copies_are_copies_although_an_application_changed_some(read: Read) -> None:
    changed = {**ROW, "Hobby": "rudern", "Stellen": []}
    assert read(changed).custom == {"Hobby": "rudern"}
    two_of_one_name = {"Id": 7, "0": 9, "A": "x", "1": "x", "2": 7}
    assert read(two_of_one_name).custom == {"A": "x"}


def test_numbers_that_are_no_copies_are_fields(read: Read) -> None:
    assert read({"Id": 7, "2024": "x"}).custom == {"2024": "x"}
    assert read({"Id": 7, "1": "x"}).custom == {"1": "x"}


def test_a_copy_of_what_is_excluded_does_not_leave_either() -> None:
    rules = Rules(exclude_fields=frozenset({"Nachname", "Hobby"}))
    assert compile_remote_data(rules)(ROW) == {"Id": 7, "Vorname": "Anna"}
    assert listed(ROW, rules).keys() == {"Id", "Vorname"}
    assert compile_reader(rules)(ROW).custom == {}
    assert compile_remote_data(Rules())(ROW) == ROW


def test_a_dotted_name_is_excluded_in_a_list_of_any_form() -> None:
    openings = [{"Id": 1, "Status": "neu"}, {"Id": 2, "Status": "neu"}]
    rules = Rules(exclude_fields=frozenset({"PositionOpening.Status"}))
    record = {"Id": 7, "PositionOpening": {"0": openings[0], "4": openings[1]}}
    assert compile_remote_data(rules)(record)["PositionOpening"] == {"0": {"Id": 1}, "4": {"Id": 2}}
    assert [o.outcome for o in compile_reader(rules)(record).openings] == [None, None]


def test_deselected_fields_of_a_list_with_gaps_do_not_leave() -> None:
    record = {
        "Id": 7,
        "UserArea": {"0": {"Key": "A", "Value": NOON}, "3": {"Key": "B", "Value": 2}},
        "ContactMethod": {"1": {"Telephone": "089 1"}, "2": {"InternetEmailAddress": "a@b.de"}},
    }
    selected = {"id", "remote_id", "phone_numbers", "custom_fields.A"}
    assert compile_remote_data(Rules(), selected)(record) == {
        "Id": 7,
        "UserArea": {"0": {"Key": "A", "Value": NOON}},
        "ContactMethod": {"1": {"Telephone": "089 1"}},
    }


def test_openings_of_any_form_are_projected() -> None:
    element = {"Id": 1, "Applied": NOON, "Title": {"0": "Koch"}, "Status": "neu"}
    assert compile_opening_data(Rules(), {"id", "name", "remote_created_at"})(element) == {
        "Id": 1,
        "Applied": NOON,
        "Title": {"0": "Koch"},
    }


def test_comments_are_no_fields(read: Read) -> None:
    record = {"Id": 7, "comment": [{}, {}], "UserArea": {"comment": {}, "A": 1}, "Firma": {}}
    assert read(record).custom == {"A": 1}
    assert read(record).doubts == ("company: lost",)
    assert listed(record).keys() == {"Id", "A", "Firma"}
    assert read({"Id": 7, "comment": "nett"}).custom == {"comment": "nett"}


RESOURCE = {
    "type": "candidates",
    "id": "4711",
    "attributes": {"FirstName": "Anna", "Hobby": "Rudern", "UpdatedAt": NOON},
    "relationships": {
        "PositionOpening": {"data": [{"type": "openings", "id": "88"}]},
        "Recruiter": {"links": {"related": "/recruiters/1"}},
    },
    "links": {"self": "/candidates/4711"},
}


def test_a_resource_of_json_api_is_read_without_settings(read: Read) -> None:
    candidate = read(RESOURCE)
    assert candidate.remote_id == "4711"
    assert candidate.values["first_name"] == "Anna"
    assert candidate.values["remote_updated_at"] == NOON_UTC
    assert candidate.custom == {"Hobby": "Rudern"}
    assert [opening.remote_id for opening in candidate.openings] == ["88"]
    kinds = {key: kind for key, (kind, _) in listed(RESOURCE).items()}
    assert kinds == {
        "id": "DEFAULT", "FirstName": "DEFAULT", "Hobby": "CUSTOM", "UpdatedAt": "DEFAULT",
        "PositionOpening": "DEFAULT",
    }  # fmt: skip


def test_of_a_resource_only_what_is_selected_leaves() -> None:
    selected = {"id", "remote_id", "custom_fields.Hobby"}
    assert compile_remote_data(Rules(), selected)(RESOURCE) == {
        "id": "4711",
        "attributes": {"Hobby": "Rudern"},
    }
    for name in ("Hobby", "attributes.Hobby"):
        rules = Rules(exclude_fields=frozenset({name}))
        assert "Rudern" not in str(compile_remote_data(rules)(RESOURCE))
        assert "Hobby" not in listed(RESOURCE, rules)
        assert compile_reader(rules)(RESOURCE).custom == {}


def test_the_address_of_a_resource_is_not_its_id(read: Read) -> None:
    record = {"type": "Candidate", "id": "/api/candidates/7", "attributes": {"_id": 7, "A": 1}}
    assert read(record).remote_id == "7"
    assert read(record).custom == {"A": 1}


def test_a_record_that_only_has_attributes_is_no_resource(read: Read) -> None:
    record = {"id": 7, "attributes": {"A": 1}, "Vorname": "Anna"}
    assert read(record).custom == {"attributes": {"A": 1}}


@pytest.mark.parametrize("remote_id", [4711.0, 1.2345678901234568e22, {"#": 4711.5}])
def test_a_float_is_no_id(read: Read, remote_id: object) -> None:
    with pytest.raises(UnreadableRecord):
        read({"Id": remote_id, "Vorname": "Anna"})
    candidate = read({"Id": 1, "PositionOpening": [{"Id": remote_id}, {"Id": 2}]})
    assert candidate.doubts == ("opening without id",)


@pytest.mark.parametrize(
    "name", ["Freifelder", "ZUSATZFELDER", "Merkmale", "additional_fields", "IndividuelleFelder"]
)
def test_the_usual_containers_of_custom_fields(read: Read, name: str) -> None:
    record = {"Id": 1, name: {"Hobby": "Rudern"}}
    assert read(record).custom == {"Hobby": "Rudern"}
    assert listed(record)["Hobby"] == ("CUSTOM", "Rudern")


def test_containers_that_a_setting_names_replace_the_usual_ones() -> None:
    rules = Rules(custom_fields_paths=("Profil.Weiteres",))
    record = {"Id": 1, "Profil": {"weiteres": {"A": 1}}, "UserArea": {"B": 2}}
    assert compile_reader(rules)(record).custom == {"A": 1, "UserArea": {"B": 2}}
    assert listed(record, rules).keys() == {"Id", "A", "UserArea"}
    selected = {"id", "remote_id", "custom_fields.A"}
    assert compile_remote_data(rules, selected)(record) == {
        "Id": 1,
        "Profil": {"weiteres": {"A": 1}},
    }
