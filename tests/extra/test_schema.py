"""Schemas by sampling: the types of JSON, and every record fits."""

from __future__ import annotations

import typing as t
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tap_compleetpersy.model.custom_fields import compile_typed
from tap_compleetpersy.model.custom_types import JsonEvidence, Sample
from tap_compleetpersy.model.positions import NotAPosition, PositionSample, read_position
from tap_compleetpersy.model.remote_data import compile_strip

BERLIN = ZoneInfo("Europe/Berlin")
TEXT = {"type": ["string", "null"]}
strip = compile_strip(frozenset())

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["007", "ja", "2026-11-02", "", "\x00"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)
records = st.lists(st.dictionaries(st.sampled_from("aAbäÜ "), values), max_size=6)


def properties(*sampled: dict[str, t.Any]) -> dict[str, t.Any]:
    sample = Sample(JsonEvidence)
    for record in sampled:
        sample.add(strip(record))
    return sample.types()


@given(records)
@example([{"a": []}, {"a": [[], [[1]], {}]}])
@example([{"a": {"b": [{"c": 1}]}}, {"a": {"b": {"c": 1.5}}}])
@example([{"a": []}, {"a": {}}, {"a": {"b": []}}])
@example([{"a": []}, {"a": [[]]}, {"a": "x"}])
@example([{"a": [None]}, {"a": [1, "x", {"y": []}]}])
def test_every_sampled_record_fits_the_schema(sampled: list[dict[str, t.Any]]) -> None:
    found = properties(*sampled)
    typed = compile_typed(found, BERLIN)
    schema = {"type": "object", "properties": found, "additionalProperties": True}
    validator = Draft202012Validator(schema)
    for record in sampled:
        emitted, drift = typed(strip(record))
        assert drift == ()
        # As it leaves: what no JSON can hold was removed before.
        validator.validate(msgspec.json.decode(msgspec.json.encode(emitted)))
        assert emitted.keys() == found.keys()


def test_what_has_one_type_is_emitted_as_it_came() -> None:
    record = {"x": {"y": [{"Z": "ä "}, {"Z": None}], "z": []}, "t": "007", "n": [[1], []], "e": ""}
    emitted, _ = compile_typed(properties(record, record), BERLIN)(strip(record))
    assert emitted == record


@pytest.mark.parametrize(
    ("sampled", "schema"),
    [
        ([None], TEXT),
        (["007"], TEXT),
        (["2026-11-02"], TEXT),
        ([1, None], {"type": ["integer", "null"]}),
        ([1, 1.5], {"type": ["number", "null"]}),
        ([True], {"type": ["boolean", "null"]}),
        ([1, "a"], TEXT),
        ([True, 1], TEXT),
        ([2**70, 1], TEXT),
        ([[1, 2]], {"type": ["array", "null"], "items": {"type": ["integer", "null"]}}),
        (["a", ["b"]], {"type": ["array", "null"], "items": TEXT}),
        (
            [{"A": 1}, {"a": "x"}],
            {
                "type": ["object", "null"],
                "properties": {"A": {"type": ["integer", "null"]}, "a": TEXT},
                "additionalProperties": True,
            },
        ),
        ([{"A": 1}, 5], TEXT),
        ([[], None], {"type": ["array", "null"], "items": TEXT}),
        ([[], 1], {"type": ["integer", "null"]}),
        ([[], [1]], {"type": ["array", "null"], "items": {"type": ["integer", "null"]}}),
    ],
)
def test_types_are_those_of_json(sampled: list[t.Any], schema: dict[str, t.Any]) -> None:
    assert properties(*({"x": value} for value in sampled)) == {"x": schema}


def test_an_empty_list_beside_single_values_is_nothing() -> None:
    sampled: list[dict[str, t.Any]] = [{"x": {"y": 1}}, {"x": []}, {"x": {"y": []}}]
    typed = compile_typed(properties(*sampled), BERLIN)
    assert [typed(record) for record in sampled] == [
        ({"x": {"y": 1}}, ()),
        ({"x": None}, ()),
        ({"x": {"y": None}}, ()),
    ]


def test_a_mixture_is_emitted_as_text() -> None:
    sampled: list[dict[str, t.Any]] = [{"x": "a"}, {"x": 1}, {"x": {"y": [True]}}, {"x": False}]
    typed = compile_typed(properties(*sampled), BERLIN)
    assert [typed(record)[0]["x"] for record in sampled] == ["a", "1", '{"y":[true]}', "false"]


@pytest.mark.parametrize(
    ("sampled", "kind"),
    [
        ([], None),
        ([None, "", [], "0000-00-00 00:00:00"], "time"),
        ([None, ""], None),
        (["2026-11-02T09:13:54+01:00", "02.11.2026", "[02.11.2026"], "time"),
        (["2026-11-02", 1_730_000_000], "time"),
        (["1730000000", "20261102"], "time"),
        ([{"#text": "2026-11-02 09:13:54"}], "time"),
        ([17, 18], "integer"),
        ([17, "18"], "integer"),
        ([1_730_000_000], "integer"),
    ],
)
def test_a_replication_key_is_a_time_or_an_integer(sampled: list[t.Any], kind: str | None) -> None:
    positions = PositionSample(BERLIN)
    for value in sampled:
        positions.add(value)
    assert positions.kind() == kind


@pytest.mark.parametrize(
    "sampled", [["gestern"], ["17"], [True], [17, "x"], [{"a": 1}], ["2026-11-02", "x"]]
)
def test_anything_else_is_no_replication_key(sampled: list[t.Any]) -> None:
    positions = PositionSample(BERLIN)
    for value in sampled:
        positions.add(value)
    with pytest.raises(NotAPosition):
        positions.kind()


def test_times_compare_as_times() -> None:
    one = read_position("02.11.2026 09:13", "time", BERLIN)
    assert one == read_position("2026-11-02T08:13:00Z", "time", BERLIN)
