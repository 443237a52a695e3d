"""Plain records are read by layouts, and what comes out is what the general way gives.

The fuzzer compares both with many more payloads (`tests/fuzz/checks.py`).
"""

from __future__ import annotations

import copy
import typing as t

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tap_compleetpersy.model.candidate import (
    Candidate,
    Rules,
    UnreadableRecord,
    compile_quick_reader,
    compile_reader,
)
from tap_compleetpersy.model.integration_fields import compile_integration_fields
from tap_compleetpersy.model.plain import Plain

Json = dict[str, t.Any]
Read = t.Callable[[object], tuple[Candidate, Plain | None]]

read_in_general = compile_reader(Rules())
list_in_general = compile_integration_fields(Rules())


@pytest.fixture
def read_quickly() -> Read:
    return compile_quick_reader(Rules())


def require_same(read: Read, record: Json) -> bool:
    """Compare both ways; tell whether the record was plain."""
    candidate, plain = read(record)
    expected = read_in_general(record)
    if plain is None:
        assert candidate == expected
        return False
    assert msgspec.structs.replace(candidate, custom=expected.custom, labels={}) == expected
    assert list(plain.custom) == list(expected.custom)
    assert plain.listed == msgspec.json.encode(list_in_general(record))
    return True


def with_area(record: Json, area: t.Any) -> Json:
    return record | {"UserArea": area}


def test_the_default_record_is_plain(read_quickly: Read, default_record: Json) -> None:
    assert require_same(read_quickly, default_record)


def read_after_others(data: st.DataObject, any_json: st.SearchStrategy[t.Any]) -> None:
    read = compile_quick_reader(Rules())
    for _ in range(4):
        record = {"Id": data.draw(st.integers(1, 9)), "UserArea": data.draw(any_json)}
        top = data.draw(any_json)
        record |= top if isinstance(top, dict) else {}
        try:
            require_same(read, record)
        except UnreadableRecord:
            with pytest.raises(UnreadableRecord):
                read_in_general(record)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_record_is_read_the_same_after_any_others(
    data: st.DataObject, any_json: st.SearchStrategy[t.Any]
) -> None:
    read_after_others(data, any_json)


@pytest.mark.full
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_records_are_read_the_same_after_any_others(
    data: st.DataObject, any_json: st.SearchStrategy[t.Any]
) -> None:
    read_after_others(data, any_json)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r | {"hr:CandidateSupplier": {"EntityName": "x"}},
        lambda r: r | {"candidatesupplier": r["CandidateSupplier"]},
        lambda r: r | {"CandidateSupplier": {"EntityName": {"#text": "x", "@lang": "de"}}},
        lambda r: r | {"@attributes": {"lang": "de"}},
        lambda r: r | {"CandidateSupplier": {}},
        lambda r: r | {"CandidateSupplier": None},
        lambda r: r | {"CandidateSupplier": "StepStone"},
        lambda r: with_area(r, {"Field": [{"@name": "a", "#text": "b"}]}),
        lambda r: with_area(r, {"Gehalt": {"Label": "Gehaltswunsch", "Value": "1"}}),
        lambda r: with_area(r, {"Name": "a", "Value": "b"}),
        lambda r: with_area(r, {"Notiz": "nul\x00"}),
        lambda r: with_area(r, [{"Key": "a", "Value": "b"}]),
        lambda r: with_area(r, "text"),
    ],
    ids=[
        "namespace", "another case", "wrapped text", "attributes", "empty section", "no section",
        "text for a section", "named entries", "labelled value", "perhaps an entry", "NUL",
        "list of entries", "text for a container",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_read_in_the_general_way(
    read_quickly: Read, default_record: Json, change: t.Callable[[Json], Json]
) -> None:
    record = copy.deepcopy(default_record)
    assert require_same(read_quickly, record)
    assert not require_same(read_quickly, change(record))
    assert require_same(read_quickly, record)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r | {"Neues Feld": "x"},
        lambda r: r | {"Anschrift": {"Ort": "Hof", "PLZ": "95028"}},
        lambda r: r | {"PositionOpening": r["PositionOpening"][0]},
        lambda r: r | {"PositionOpening": []},
        lambda r: {key: r[key] for key in r if key != "CandidateSupplier"},
        lambda r: with_area(r, {"Kündigungsfrist": {"Anzahl": 4}, "Ja": True, "Liste": [1, None]}),
        lambda r: with_area(r, None),
    ],
    ids=[
        "another key", "another section", "one opening", "no opening", "a section less",
        "composed custom fields", "no custom fields",
    ],
)  # fmt: skip
def test_other_plain_records_are_learned_from(
    read_quickly: Read, default_record: Json, change: t.Callable[[Json], Json]
) -> None:
    record = copy.deepcopy(default_record)
    assert require_same(read_quickly, record)
    assert require_same(read_quickly, change(record))
    assert require_same(read_quickly, record)


def test_fields_are_listed_in_the_order_of_each_record(read_quickly: Read) -> None:
    keys = ["Vorname", "Nachname", "Firma", "Quelle"]
    assert require_same(read_quickly, {"Id": "1"} | dict.fromkeys(keys[:1], "x"))
    assert require_same(read_quickly, {"Id": "1"} | dict.fromkeys(keys[2:], "x"))
    assert require_same(read_quickly, {"Id": "1"} | dict.fromkeys(keys, "x"))
    backwards = dict.fromkeys(reversed(keys), "x") | {"Id": "1"}
    assert not require_same(read_quickly, backwards)


def test_numbers_keep_the_order_of_each_contact(read_quickly: Read, default_record: Json) -> None:
    def contact(*keys: str) -> Json:
        return {key: {"FormattedNumber": f"030 {number}"} for number, key in enumerate(keys)}

    for keys in (("Telephone",), ("Fax",), ("Telephone", "Fax"), ("Fax", "Telephone")):
        record = copy.deepcopy(default_record)
        record["CandidateProfile"]["PersonalData"]["ContactMethod"] = [contact(*keys)]
        assert require_same(read_quickly, record)


def test_custom_fields_that_vary_cost_no_learning(read_quickly: Read, default_record: Json) -> None:
    for number in range(2_000):
        assert require_same(read_quickly, with_area(default_record, {f"Feld {number}": "x"}))


def test_a_server_that_invents_keys_is_read_in_the_general_way(read_quickly: Read) -> None:
    plain = [require_same(read_quickly, {"Id": "1", f"Feld {n}": "x"}) for n in range(600)]
    assert plain[0]
    assert not plain[-1]


def test_who_never_finds_a_plain_record_stops_looking(default_record: Json) -> None:
    read = compile_quick_reader(Rules(), patience=3)
    wrapped = default_record | {"@attributes": {"a": "b"}}
    assert [read(wrapped)[1] for _ in range(3)] == [None] * 3
    assert read(default_record)[1] is None


def test_paths_of_the_users_lead_into_containers(default_record: Json) -> None:
    rules = Rules(field_paths={"source": "UserArea.Quelle", "company": "UserArea.Firma.Name"})
    read, general = compile_quick_reader(rules), compile_reader(rules)
    listing = compile_integration_fields(rules)
    for area, is_plain in (
        ({"A": "b", "Quelle": "Messe"}, True),
        ({"Quelle": ["Messe"]}, True),
        ({"Firma": {"Name": "Huber"}}, False),
    ):
        record = with_area(default_record, area)
        candidate, plain = read(record)
        assert candidate.values == general(record).values
        assert (plain is not None) == is_plain
        if plain is not None:
            assert plain.listed == msgspec.json.encode(listing(record))
            assert list(plain.custom) == list(general(record).custom)
