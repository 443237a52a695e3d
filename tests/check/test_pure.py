"""What answers say about each other, and what is said about them: without any server."""

from __future__ import annotations

import json
import re
import string
import typing as t
from dataclasses import replace

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.check.evidence import (
    NOT_ASKED,
    Attempt,
    Evidence,
    Examination,
    Finding,
    Listing,
    Reply,
)
from tap_compleetpersy.check.examination import examine, form_of, showable
from tap_compleetpersy.check.guessing import field_paths, guess
from tap_compleetpersy.check.naming import filters_on
from tap_compleetpersy.check.other_paging import (
    cursor_names,
    next_places,
    parameter_with,
    places,
    step_to,
)
from tap_compleetpersy.check.paging import begins_like, has_moved, is_sized, sizes
from tap_compleetpersy.check.records import FIELDS
from tap_compleetpersy.check.run import judge
from tap_compleetpersy.check.structure import (
    Place,
    locate_records,
    marked_fields,
    marked_lists,
)
from tap_compleetpersy.check.updates import (
    distinct_times,
    lower_effect,
    named_thresholds,
    shift_late,
    thresholds,
    upper_effect,
)
from tap_compleetpersy.cli.check import as_screen
from tap_compleetpersy.errors import UnexpectedAnswer
from tap_compleetpersy.model.candidate import Rules
from tap_compleetpersy.settings import Settings, read_settings
from tests.documented import DEFAULT

HOUR = 3_600_000
OK = Reply(200)


def listed(*times: int, total: int | None = None) -> Listing:
    """A listing of people who were updated at these times, whose ids say so."""
    marks = tuple(str(time) for time in times)
    return Listing(OK, (), marks, marks, times, total, page_size=1_000_000)


def bounded(bound: int, listing: Listing, *, is_exact: bool = True) -> Listing:
    """A listing that was asked for with a bound on the updated time."""
    return replace(listing, bound=bound, is_exact=is_exact)


# --- paging ---------------------------------------------------------------------


def test_two_pages_are_the_same_even_when_somebody_was_edited() -> None:
    first = listed(*range(10))
    assert begins_like(first, listed(0, 1, 99, 3))
    assert has_moved(first, listed(0, 1, 99, 3)) is False
    assert has_moved(first, listed(4, 5, 6)) is True
    assert has_moved(first, listed()) is True
    assert has_moved(listed(), listed()) is None


@pytest.mark.parametrize(("count", "size", "sized"), [(3, 3, True), (10, 3, False), (10, 10, None)])
def test_a_size_is_honoured_or_not(count: int, size: int, sized: bool | None) -> None:
    assert is_sized(listed(*range(10)), listed(*range(count)), size) is sized


def test_the_length_of_one_answer_names_the_size() -> None:
    asked = sizes(["a", "b", "c"], listed(*range(3)))
    assert asked == {1: "a", 2: "b"}
    assert sizes(["a"], listed()) == {}


@given(st.integers(2, 60), st.data())
def test_the_first_record_of_one_answer_names_the_place(room: int, data: st.DataObject) -> None:
    asked, meant = places(["page", "p", "seite"], ["offset", "skip"], room)
    assert all(0 < place < room for place in meant)
    first = listed(*range(room))
    name = data.draw(st.sampled_from(sorted(asked)))
    if name in {"offset", "skip"}:
        style = step_to(first, listed(asked[name]), meant)
        assert style == {"pagination": "offset", "offset_param": name}
    else:
        base = data.draw(st.sampled_from((0, 1)))
        style = step_to(first, listed(asked[name] - base), meant)
        assert style == {"pagination": "page", "page_param": name, "first_page": base}


def test_an_unknown_record_says_nothing_about_the_place() -> None:
    _, meant = places(["page"], ["offset"], 9)
    assert step_to(listed(*range(9)), listed(77), meant) is None
    assert step_to(listed(*range(9)), listed(), meant) is None


# --- bounds ---------------------------------------------------------------------

FIRST = listed(*(number * HOUR for number in range(100, 120)))
MIDDLE = 110 * HOUR

LOWER = {
    "honoured": (listed(*(n * HOUR for n in range(110, 120))), "honoured"),
    "ignored": (FIRST, "ignored"),
    "ignored, among many": (listed(*(n * HOUR for n in range(90, 120))), "ignored"),
    "early by a zone": (listed(*(n * HOUR for n in range(108, 120))), "shifted"),
    "another time": (listed(*(n * HOUR for n in range(111, 120, 2))), "another"),
    "one deleted meanwhile": (listed(*(n * HOUR for n in range(110, 120) if n != 113)), "honoured"),
    "nothing": (listed(), "empty"),
    "refused": (Listing(Reply(400, UnexpectedAnswer("status 400", "", status=400))), "refused"),
}


@pytest.mark.parametrize(("answer", "effect"), LOWER.values(), ids=LOWER)
def test_a_lower_bound_shows_its_effect(answer: Listing, effect: str) -> None:
    assert lower_effect(FIRST, bounded(MIDDLE, answer)) == effect


def test_a_bound_that_was_not_asked_for_has_no_known_effect() -> None:
    assert lower_effect(FIRST, NOT_ASKED) == upper_effect(FIRST, NOT_ASKED) == "unknown"
    assert shift_late(FIRST, NOT_ASKED) is None


LATE = {
    "inclusive": (range(110, 120), True, None),
    "exclusive": (range(111, 120), True, 0),
    "an hour late": (range(112, 120), True, HOUR),
    "not to the second": (range(111, 120), False, None),
    "somebody vanished": ((110, 111, 113), True, None),
    "perhaps another page": (range(111, 131), True, None),
}


@pytest.mark.parametrize(("hours", "exact", "late"), LATE.values(), ids=LATE)
def test_a_late_bound_is_measured(hours: t.Iterable[int], exact: bool, late: int | None) -> None:
    asked = bounded(MIDDLE, listed(*(hour * HOUR for hour in hours)), is_exact=exact)
    assert shift_late(FIRST, asked) == late


@pytest.mark.parametrize(
    ("hours", "effect"),
    [
        (range(100, 110), "honoured"),
        (range(100, 111), "honoured"),
        (range(100, 112), "shifted"),
        (range(100, 120), "ignored"),
        ((), "empty"),
    ],
    ids=["exclusive", "inclusive", "late by a zone", "ignored", "nothing"],
)
def test_an_upper_bound_shows_its_effect(hours: t.Iterable[int], effect: str) -> None:
    asked = bounded(MIDDLE, listed(*(hour * HOUR for hour in hours)))
    assert upper_effect(FIRST, asked) == effect


@given(st.integers(3, 60), st.integers(1, 12), st.booleans(), st.data())
def test_the_oldest_record_of_one_answer_names_the_bound(
    count: int, names: int, inclusive: bool, data: st.DataObject
) -> None:
    times = [number * HOUR for number in range(count)]
    asked = thresholds(times, [f"n{number}" for number in range(names)])
    name = data.draw(st.sampled_from(sorted(asked)))
    bound = asked[name] + (0 if inclusive else 1)
    alike = [other for other in asked if asked[other] == asked[name]]
    assert named_thresholds(asked, listed(*(one for one in times if one >= bound))) == alike
    assert named_thresholds(asked, listed(*times)) == []


def test_a_filter_is_named_after_the_word_before_the_longest_word_for_a_time() -> None:
    assert "modificationSince" in filters_on("modificationtimestamp")
    assert "update_since" in filters_on("update_ts")


def test_times_count_in_whole_seconds() -> None:
    assert distinct_times(listed(5001, 5002, 1000)) == [1000, 5000]


# --- structure ------------------------------------------------------------------


def readable(records: list[object]) -> int:
    return sum(isinstance(record, dict) and "Id" in record for record in records)


PEOPLE = [{"Id": 1, "Openings": [{"Id": 9}] * 9}, {"Id": 2}]

DOCUMENTS = {
    "deep": ({"a": {"b": PEOPLE}, "meta": {}}, "a.b"),
    "beside a longer list of others": ({"a": PEOPLE, "log": [{"x": 1}] * 9}, "a"),
    "numbered keys": ({"a": {"1": {"Id": 1}, "2": {"Id": 2}}}, "a"),
    "the document": (PEOPLE, None),
    "none": ({"a": "text", "b": [1, 2]}, None),
    "under a key that may be data": ({"a@b.de": PEOPLE}, None),
}


@pytest.mark.parametrize(("document", "path"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_records_are_located(document: object, path: str | None) -> None:
    assert locate_records(document, readable) == path


def test_the_next_place_is_found_outside_of_records() -> None:
    document = {
        "data": [{"next": "no"}],
        "paging": {"deep": {"next_cursor": "c"}, "nextPage": 2, "next": None},
    }
    assert next_places(document) == [
        Place("paging.nextPage", "2"),
        Place("paging.deep.next_cursor", "c"),
    ]


def test_an_address_names_the_parameter_and_a_path_the_cursor() -> None:
    address = "https://x/list?page%5Bnumber%5D=2&n=20"
    assert parameter_with(address, "2") == "page[number]"
    assert parameter_with(address, "3") is None
    assert cursor_names("a.nextPageToken")[0] == "pageToken"
    assert cursor_names("next")[0] == "next"


# --- what may be shown ----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-11-02T09:13:54+01:00", "yyyy-mm-ddThh:mm:ss+hh:mm"),
        ("2026-11-02T09:13:54.123Z", "yyyy-mm-ddThh:mm:ss.fffZ"),
        ("2026-11-02 09:13", "yyyy-mm-dd hh:mm"),
        ("[02.11.2026", "[dd.mm.yyyy"),
        ("02-11-2026", "dd-mm-yyyy"),
        (1793606400, "Unix seconds"),
        ("1793606400000", "Unix milliseconds"),
        ("2 Nov 2026", "9 xxx 9999"),
        ("Müller", "xxxxxx"),
    ],
)
def test_a_time_is_described_by_its_form(value: object, form: str) -> None:
    assert form_of(value) == form


@given(st.text())
def test_a_form_holds_no_digit_and_no_letter_of_the_value(text: str) -> None:
    rest = re.sub(r"Unix (?:milli)?seconds|yyyy|mm|dd|hh|ss|fff|[xTZ9]", "", form_of(text))
    assert not any(char.isalpha() or char in string.digits for char in rest)


def test_only_names_that_several_records_share_are_shown() -> None:
    names = [{"Id", "hr:Plz", "Müller", "a@b.de"}, {"id", "plz", "a@b.de"}, {"Id"}]
    assert showable(names) == (("Id", "hr:Plz"), 2)


def test_an_examination_counts_and_keeps_no_value() -> None:
    seen = examine([DEFAULT, {**DEFAULT, "Extra": 1}, {"no": "id"}, "text"], Rules())
    assert (seen.records, seen.readable, seen.distinct) == (4, 2, 1)
    assert seen.fed["first_name"] == {"CandidateProfile.PersonalData.PersonName.GivenName": 2}
    assert seen.forms == {"yyyy-mm-dd hh:mm:ss": 6}
    assert (seen.applications, seen.unknown) == (2, 0)
    assert not [word for word in ("Jürgen", "4711", "StepStone") if word in repr(seen)]


def test_the_paths_of_a_field_are_in_the_order_in_which_they_are_read() -> None:
    parts = examine([DEFAULT], Rules()).fed["location.street_1"]
    assert [path.rpartition(".")[2] for path in parts] == ["StreetName", "BuildingNumber"]


def test_unknown_statuses_are_counted_once_each() -> None:
    people = [
        {"Id": number, "PositionOpening": {"Id": 1, "Status": status}}
        for number, status in enumerate(("Stufe 1", "stufe 1.", "Stufe 2", "hired"))
    ]
    seen = examine(people, Rules())
    assert (seen.applications, seen.unknown, seen.unknown_statuses) == (4, 3, 2)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["Id", "Nummer", "Mail", "Stand", "x"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
                max_leaves=5,
            ),
        )
        | st.text()
    )
)
def test_any_records_are_examined_and_guessed_at(records: list[object]) -> None:
    seen = examine(records, Rules())
    assert seen.records == len(records)
    unfed = {name for name in FIELDS if name not in seen.fed}
    assert field_paths(guess(records, seen.fed, unfed)).keys() <= {*unfed, "openings"}


# --- findings from evidence made by hand ----------------------------------------


def settings(**more: object) -> Settings:
    return read_settings({"api_key": "k", **more})


def findings(**evidence: t.Any) -> dict[str, Finding]:
    given = evidence.pop("given", settings())
    attempts = (Attempt("bearer", "/candidates", with_paging=True, reply=OK),)
    made = Evidence(given, evidence.pop("settings", given), attempts, **evidence)
    return {finding.assumption: finding for finding in judge(made)}


def test_no_evidence_is_no_verdict() -> None:
    told = findings(first=listed())
    assert {finding.verdict for finding in told.values()} <= {"holds", "cannot tell"}
    assert "values" not in told


@pytest.mark.parametrize(
    ("evidence", "name", "verdict"),
    [
        ({"first": listed(1, 2, total=2)}, "total", "holds"),
        ({"first": listed(1, 2, total=1)}, "total", "cannot tell"),
        ({"first": listed(1, 2)}, "total", "cannot tell"),
        ({"first": listed(1, 2, total=9), "moved": False}, "pagination", "fails"),
        ({"first": listed(1, 2), "moved": True}, "pagination", "holds"),
        ({"first": listed(1, 2), "start": listed(2), "size": 1}, "first_page", "cannot tell"),
        ({"first": FIRST, "until": bounded(MIDDLE, FIRST)}, "modified_until_param", "fails"),
    ],
)
def test_a_fact_decides_a_verdict(evidence: dict[str, t.Any], name: str, verdict: str) -> None:
    told = findings(given=settings(modified_until_param="until"), **evidence)
    assert told[name].verdict == verdict


@pytest.mark.parametrize(
    ("times", "order"),
    [
        ((1, 2, 3), "oldest first"),
        ((3, 2, 1), "newest first"),
        ((2, 3, 1), "none to be seen"),
        ((2, 2, 2), "none to be seen"),
    ],
)
def test_the_order_is_told(times: tuple[int, ...], order: str) -> None:
    assert findings(first=listed(*times))["order"].evidence == order


@pytest.mark.parametrize(
    ("lookback", "loses_data", "value"), [(3600, True, 7200), (7200, False, None)]
)
def test_a_late_bound_beyond_the_lookback_loses_data(
    lookback: int, loses_data: bool, value: int | None
) -> None:
    late = bounded(MIDDLE, listed(*(hour * HOUR for hour in range(112, 120))))
    newest = bounded(119 * HOUR, listed())
    told = findings(
        given=settings(lookback_seconds=lookback),
        first=FIRST,
        middle=late,
        lower=late,
        newest=newest,
    )["inclusive"]
    assert (told.verdict, told.loses_data, told.value) == ("fails", loses_data, value)


def test_fields_that_nothing_feeds_are_one_finding() -> None:
    seen = Examination(records=3, readable=3, distinct=3, fed={"first_name": {"Vorname": 2}})
    told = findings(first=listed(1, 2, 3), examination=seen)
    assert told["field first_name"].evidence == "Vorname: 2 of 3"
    assert "last_name" in told["unfed fields"].evidence
    assert "first_name" not in told["unfed fields"].evidence


def test_on_a_terminal_the_verdict_comes_first_and_what_holds_is_folded() -> None:
    told = as_screen(
        [
            Finding("order", "holds", "newest first"),
            Finding("total", "cannot tell", "not told"),
            Finding("ids", "fails", "no id", "field_paths", {"remote_id": "nr"}, loses_data=True),
        ]
    )
    assert click.unstyle(told).splitlines() == [
        "To change (1)",
        "  ids  loses data",
        '    field_paths: {"remote_id": "nr"}',
        "    no id",
        "",
        "Cannot be told (1)",
        "  total",
        "    not told",
        "",
        "Holds (1)",
        "  order",
    ]


def test_nothing_is_lost_is_never_said_while_every_time_is_null() -> None:
    seen = Examination(records=2, readable=2, distinct=2, fed={"remote_updated_at": {"Stand": 2}})
    unread = Listing(OK, (), ("1", "2"), ("1", "2"), (None, None))
    told = findings(first=unread, examination=seen)["times"]
    assert (told.verdict, told.loses_data) == ("fails", True)


def entries_of(*pairs: tuple[str, object]) -> list[dict[str, object]]:
    """Return one entry for each pair, under names that nobody knows."""
    return [{"x": key, "y": value} for key, value in pairs]


@pytest.mark.parametrize(
    ("people", "found"),
    [
        ([{"zz": entries_of(("Auto", "ja"), ("Hund", "ja"))} for _ in range(9)], ["zz[x=y]"]),
        ([{"zz": [["Auto", n], ["Hund", -n]]} for n in range(9)], ["zz[0=1]"]),
        ([{"zz": json.dumps({"Auto": n})} for n in range(9)], ["zz[]"]),
        ([{"f1n": "Auto", "f1v": n, "f2n": "Hund"} for n in range(9)], ["[f#n=f#v]"]),
        # Names of the one are as good as of the other.
        ([{"zz": entries_of(("Auto", "Rad"), ("Hund", "Maus"))} for _ in range(9)], []),
        # What somebody wrote is no name.
        ([{"zz": entries_of((f"Wort{n}", 1), (f"Satz{n}", 1))} for n in range(9)], []),
        ([{"zz": [["Auto", 1, 2]]} for _ in range(9)], []),
        ([{"zz": "{", "yy": "[1"} for _ in range(9)], []),
        ([{"zz": [{"a=b": "Auto", "c]": n}]} for n in range(9)], []),
        ([{"z[z": [["Auto", n]], "f=1n": "Auto", "f=1v": n} for n in range(9)], []),
        ([{"street1": "Weg", "street2": "Hof"} for _ in range(9)], []),
        ([], []),
    ],
)
def test_entries_of_unknown_names_are_known_by_their_values(
    people: list[dict[str, t.Any]], found: list[str]
) -> None:
    assert marked_fields(people) == found


def test_an_object_by_id_is_a_list_only_where_its_elements_lack_the_id() -> None:
    assert marked_lists([{"a": {"J1": {"t": 1}}, "b": {"7": {"id": 7}}}] * 3) == ["a[id]"]


def test_a_number_beside_a_known_one_is_read_with_it() -> None:
    contact = {"mobile_phone": "+49 171 123456", "private_phone": "+49 89 12345", "extra": "+49 1"}
    people = [
        {"contact": {key: f"{text}{n}" for key, text in contact.items()}} for n in range(10, 20)
    ]
    fed = {"phone_numbers": {"Contact.MobilePhone": 10}}
    (numbers,) = (one for one in guess(people, fed, ()) if one.field == "phone_numbers")
    assert numbers.paths == ("contact.private_phone", "Contact.MobilePhone")


def test_the_name_in_an_object_is_of_what_the_object_is_called() -> None:
    people = [{"last_employer": {"name": f"Firma {n}", "since": n}} for n in range(10)]
    (company,) = guess(people, {}, {"company"})
    assert company.paths == ("last_employer.name",)


def test_who_looks_after_somebody_is_no_container_of_custom_fields() -> None:
    people = [{"owner": {"id": 1, "first": "Petra", "last": "Sommer"}} for _ in range(10)]
    assert guess(people, {}, ()) == ()


@pytest.mark.parametrize("of_one", [dict, lambda opening: [opening]])
@pytest.mark.parametrize("key", ["PositionOpening", "Bewerbungen", "Stelle"])
def test_the_only_opening_of_everybody_is_no_container_of_custom_fields(
    key: str, of_one: t.Callable[[dict[str, str]], object]
) -> None:
    opening = {"Id": "88", "Title": "Dreher", "Status": "Absage"}
    people = [
        {"Id": str(n), key: of_one(opening), "UserArea": {"Gehalt": str(n)}} for n in range(10)
    ]
    fed = examine(people, Rules()).fed
    assert [one for one in guess(people, fed, ()) if one.field == "custom_fields"] == []


@pytest.mark.parametrize(
    ("key", "values", "paths"),
    [
        ("Fuehrerschein", "B", []),
        ("Fuehrerschein", "BAD", []),
        ("Heimat", ["DE", "AT"], [("Heimat",)]),
        ("Land", "DA", [("Land",)]),
    ],
)
def test_letters_are_a_country_only_where_the_key_says_so(
    key: str, values: t.Sequence[str], paths: list[tuple[str]]
) -> None:
    people = [{"Id": str(n), key: values[n % len(values)]} for n in range(20)]
    found = [one for one in guess(people, {}, {"location.country"}) if one.sureness == "sure"]
    assert [one.paths for one in found if one.field == "location.country"] == paths


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("Notfalltelefon", "+49 89 12345{:02d}"),
        ("NotfallEmail", "n{}@example.org"),
        ("BetreuerTelefon", "+49 89 12345{:02d}"),
        ("Ansprechpartner", "Lange Straße {}"),
        ("Wunschort", "Neustadt"),
        ("Wunschfirma", "Huber {} GmbH"),
    ],
)
def test_what_is_of_somebody_else_or_wished_for_is_no_field_of_the_model(
    key: str, form: str
) -> None:
    people = [{"Id": str(n), "UserArea": {key: form.format(n)}} for n in range(20)]
    assert [
        one for one in guess(people, {}, {*FIELDS} - {"remote_id"}) if one.sureness == "sure"
    ] == []


def test_two_keys_with_equal_evidence_are_both_named_and_none_is_taken() -> None:
    people = [{"Id": n, "code_a": f"A{n}", "code_b": f"B{n}"} for n in range(20)]
    (rivals,) = guess(people, {"first_name": {"Id": 20}}, {"remote_id"})
    assert (rivals.paths, rivals.sureness) == (("code_a", "code_b"), "perhaps")
    assert field_paths([rivals]) == {}
