from __future__ import annotations

import contextlib
import json
import typing as t

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tap_compleetpersy.model.candidate import Rules, UnreadableRecord, compile_reader
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.remote_data import compile_opening_data, compile_remote_data

Json = dict[str, t.Any]
Value = t.Any

RULES = Rules(
    field_paths={"source": ["UserArea.A.b", "x"], "jobs.name": "y", "phone_numbers": ["t.n"]},
    exclude_fields=frozenset({"Use", "Key", "PersonalData.PersonName"}),
)
SELECTED = {"id", "remote_id", "phone_numbers", "location.city", "custom_fields.A"}
READERS = [compile_reader(rules) for rules in (Rules(), RULES)]
LISTS = [
    compile_integration_fields(rules, s) for rules in (Rules(), RULES) for s in (None, SELECTED)
]
COPIES = [compile_remote_data(rules, s) for rules in (Rules(), RULES) for s in (None, SELECTED)]
COPIES += [compile_opening_data(rules, s) for rules in (Rules(), RULES) for s in (None, {"name"})]

read = READERS[0]


def nested(depth: int, wrap: t.Callable[[Value], Value]) -> Value:
    value: Value = "x"
    for _ in range(depth):
        value = wrap(value)
    return value


DEEP = [nested(900, lambda v: [v]), nested(900, lambda v: {"#text": v})]
DEEP += [nested(900, lambda v: {"PositionOpening": v}), nested(900, lambda v: {"UserArea": v})]


def check_everything(record: Value) -> None:
    for reader in READERS:
        with contextlib.suppress(UnreadableRecord):
            candidate = reader(record)
            msgspec.json.encode([candidate.values, candidate.custom, candidate.labels])
            assert all(": " in doubt or doubt == "opening without id" for doubt in candidate.doubts)
    if isinstance(record, dict):
        for function in (*LISTS, *COPIES):
            msgspec.json.encode(function(record))


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_reading_never_raises(data: st.DataObject, any_json: st.SearchStrategy[t.Any]) -> None:
    record = data.draw(any_json)
    check_everything(record)
    if isinstance(record, dict):
        check_everything({"Id": 1, **record})


def test_no_depth_is_too_deep() -> None:
    for deep in DEEP:
        for key in ("Id", "UserArea", "PositionOpening", "Unbekannt", "ContactMethod", "Email"):
            check_everything({"CandidateRecordInfo": {"Id": 1}, key: deep})
        check_everything(deep)


WORDS = st.sampled_from(("Jo", "Ä b", "x@example.org", "089 1", "1", "ja", "neu", "2026-01-02", ""))
CONTACT = st.fixed_dictionaries(
    {},
    optional={
        "Use": st.sampled_from(("personal", "business", "x")),
        "Telephone": st.fixed_dictionaries({"FormattedNumber": WORDS}),
        "Mobile": st.fixed_dictionaries({"FormattedNumber": WORDS}),
        "InternetEmailAddress": WORDS,
        "PostalAddress": st.fixed_dictionaries(
            {}, optional={"Municipality": WORDS, "PostalCode": WORDS, "CountryCode": WORDS}
        ),
    },
)
OPENING = st.fixed_dictionaries(
    {
        "PositionRecordInfo": st.fixed_dictionaries(
            {"Id": st.fixed_dictionaries({"IdValue": WORDS})}
        )
    },
    optional={"Status": WORDS, "ApplicationDate": WORDS},
)
EMPLOYER = st.fixed_dictionaries(
    {"EmployerOrgName": WORDS},
    optional={
        "PositionHistory": st.lists(
            st.fixed_dictionaries({"Title": WORDS, "CurrentEmployer": WORDS}), max_size=2
        )
    },
)
RECORD = st.fixed_dictionaries(
    {
        "CandidateRecordInfo": st.fixed_dictionaries(
            {"Id": st.fixed_dictionaries({"IdValue": st.sampled_from(("1", "007"))})},
            optional={"Status": WORDS, "Confidential": WORDS, "LastModificationDate": WORDS},
        ),
        "CandidateProfile": st.fixed_dictionaries(
            {
                "PersonalData": st.fixed_dictionaries(
                    {"ContactMethod": st.lists(CONTACT, max_size=3)},
                    optional={"PersonName": st.fixed_dictionaries({"GivenName": WORDS})},
                ),
                "EmploymentHistory": st.fixed_dictionaries(
                    {"EmployerOrg": st.lists(EMPLOYER, max_size=2)}
                ),
            }
        ),
        "PositionOpening": st.lists(OPENING, max_size=3),
    }
)


def rewrapped(value: Value, draw: t.Callable[[], int]) -> Value:
    """Wrap values as converters from XML do; the facts stay the same."""
    if isinstance(value, dict):
        value = {key: rewrapped(item, draw) for key, item in value.items()}
        return [value] if draw() == 0 else value
    if isinstance(value, list):
        items = [rewrapped(item, draw) for item in value]
        if not items:
            return [None, "", items][draw()]
        return items[0] if len(items) == 1 and draw() == 0 else items
    return ({"#text": value}, {"$": value, "@x": "y"}, value)[draw()]


@given(RECORD, st.data())
def test_wrapping_changes_nothing(record: Json, data: st.DataObject) -> None:
    wrapped = {
        key: rewrapped(value, lambda: data.draw(st.integers(0, 2))) for key, value in record.items()
    }
    before, after = read(record), read(wrapped)
    assert after.values == before.values
    assert after.doubts == before.doubts
    assert [(o.remote_id, o.name, o.outcome, o.created_at) for o in after.openings] == [
        (o.remote_id, o.name, o.outcome, o.created_at) for o in before.openings
    ]


@given(st.lists(st.integers(0, 5) | st.sampled_from(("", "a", "007")), max_size=8), st.booleans())
def test_no_opening_is_lost(ids: list[int | str], flat: bool) -> None:
    openings = [
        {"Id": i, "n": 1} if flat else {"PositionRecordInfo": {"Id": {"IdValue": i}}} for i in ids
    ]
    candidate = read({"Id": 1, "PositionOpening": openings})
    known = {opening.remote_id for opening in candidate.openings}
    assert known == {str(i) for i in ids if i != ""}
    assert len(candidate.openings) == len(known)
    assert candidate.doubts.count("opening without id") == ids.count("")


FACTS = st.fixed_dictionaries(
    {
        "first": WORDS,
        "last": WORDS,
        "phone": WORDS,
        "mobile": WORDS,
        "mail": WORDS,
        "street": WORDS,
        "zip": WORDS,
        "city": WORDS,
        "company": WORDS,
        "title": WORDS,
        "confidential": WORDS,
        "updated": WORDS,
        "status": WORDS,
        "openings": st.lists(
            st.tuples(st.sampled_from(("1", "02")), WORDS, WORDS, WORDS), max_size=3
        ),
        "custom": st.dictionaries(st.sampled_from(("Größe", "Hund", "A b")), WORDS, max_size=3),
    }
)


def hr_xml(facts: Json) -> Json:
    return {
        "CandidateRecordInfo": {
            "Id": {"IdValue": "7"},
            "Status": facts["status"],
            "Confidential": facts["confidential"],
            "LastModificationDate": facts["updated"],
        },
        "CandidateProfile": {
            "PersonalData": {
                "PersonName": {"GivenName": facts["first"], "FamilyName": facts["last"]},
                "ContactMethod": [
                    {"Telephone": {"FormattedNumber": facts["phone"]}},
                    {"Mobile": {"FormattedNumber": facts["mobile"]}},
                    {"InternetEmailAddress": facts["mail"]},
                    {
                        "PostalAddress": {
                            "PostalCode": facts["zip"],
                            "Municipality": facts["city"],
                            "DeliveryAddress": {"StreetName": facts["street"]},
                        }
                    },
                ],
            },
            "EmploymentHistory": {
                "EmployerOrg": {
                    "EmployerOrgName": facts["company"],
                    "PositionHistory": {"Title": facts["title"]},
                }
            },
        },
        "PositionOpening": [
            {
                "PositionRecordInfo": {"Id": {"IdValue": i}},
                "PositionProfile": {"PositionDetail": {"PositionTitle": name}},
                "Status": status,
                "ApplicationDate": date,
            }
            for i, name, status, date in facts["openings"]
        ],
        "UserArea": facts["custom"],
    }


def english(facts: Json) -> Json:
    names = ("Id", "Title", "Status", "ApplicationDate")
    return {
        "Id": 7,
        "FirstName": facts["first"],
        "LastName": facts["last"],
        "Phone": facts["phone"],
        "Mobile": facts["mobile"],
        "Email": facts["mail"],
        "Street": facts["street"],
        "Zip": facts["zip"],
        "City": facts["city"],
        "Company": facts["company"],
        "Title": facts["title"],
        "Confidential": facts["confidential"],
        "UpdatedAt": facts["updated"],
        "Status": facts["status"],
        "PositionOpening": [dict(zip(names, o, strict=True)) for o in facts["openings"]],
        "CustomFields": [{"Key": key, "Value": value} for key, value in facts["custom"].items()],
    }


def german(facts: Json) -> Json:
    names = ("Id", "Bezeichnung", "Status", "Bewerbungsdatum")
    return {
        "ID": "7",
        "Vorname": facts["first"],
        "Nachname": facts["last"],
        "Telefon": facts["phone"],
        "Mobil": facts["mobile"],
        "E-Mail": facts["mail"],
        "Straße": facts["street"],
        "PLZ": facts["zip"],
        "Ort": facts["city"],
        "Firma": facts["company"],
        "Position": facts["title"],
        "Vertraulich": facts["confidential"],
        "Geaendert": facts["updated"],
        "Status": facts["status"],
        "Stellen": [dict(zip(names, o, strict=True)) for o in facts["openings"]],
        **facts["custom"],
    }


@given(FACTS)
@example(
    dict.fromkeys(("first", "last", "phone", "mobile", "mail", "street", "zip", "city"), "")
    | dict.fromkeys(("company", "title", "confidential", "updated", "status"), "")
    | {"openings": [], "custom": {}}
)
def test_the_same_facts_give_the_same_records_in_every_shape(facts: Json) -> None:
    first, *others = [read(shape(facts)) for shape in (hr_xml, english, german)]
    for other in others:
        assert other.values == first.values
        assert other.custom == first.custom
        assert sorted(other.doubts) == sorted(first.doubts)
        assert [(o.remote_id, o.name, o.outcome, o.created_at) for o in other.openings] == [
            (o.remote_id, o.name, o.outcome, o.created_at) for o in first.openings
        ]


# NUL goes: a key that is a number but for it would be one of a list in the copy.
@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0"), max_size=5), st.text(max_size=5)
    )
)
def test_a_second_reading_of_a_copy_gives_the_same(custom: dict[str, str]) -> None:
    record = {"Id": 1, "UserArea": custom}
    copied = json.loads(json.dumps(COPIES[0](record)))
    assert read(copied).custom == read(record).custom
