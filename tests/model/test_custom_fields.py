from __future__ import annotations

import json
import typing as t
import zoneinfo

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

from tap_compleetpersy.model.candidate import Rules, compile_reader
from tap_compleetpersy.model.custom_fields import compile_typed
from tap_compleetpersy.model.custom_types import Sample
from tap_compleetpersy.model.fields import CANDIDATE_FIELDS, record_schema
from tap_compleetpersy.model.times import has_clock, is_no_time, is_zero_date, read_date, read_time

Json = dict[str, t.Any]
Value = t.Any

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
FORMATS = FormatChecker(["date"])

read = compile_reader(Rules())


def custom_of(value: object) -> Json:
    return read({"Id": 1, "UserArea": {"A": value}}).custom


def discovered(*values: object) -> Json:
    sample = Sample()
    for value in values:
        candidate = read({"Id": 1, "UserArea": {"A": value}})
        sample.add(candidate.custom, candidate.labels)
    return sample.properties()


def kind(*values: object) -> object:
    schema = discovered(*values)["A"]
    assert schema.pop("description") == "A"
    return short(schema)


def short(schema: Json) -> object:
    name, null = schema["type"]
    assert null == "null"
    if name == "array":
        return [short(schema["items"])]
    if name == "object":
        assert schema["additionalProperties"] is True
        return {key: short(item) for key, item in schema["properties"].items()}
    return schema.get("format", name)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, False], "boolean"),
        ([True], "boolean"),
        (["ja", "nein"], "boolean"),
        (["Ja", "NEIN", ""], "boolean"),
        (["true", "false"], "boolean"),
        (["ja", "ja"], "string"),
        (["ja", "false"], "string"),
        (["ja", "nein", "vielleicht"], "string"),
        ([True, "true"], "string"),
        ([1, 2], "integer"),
        (["1", "0"], "integer"),
        (["-5", "123456789012345678"], "integer"),
        (["1234567890123456789"], "string"),
        (["-0"], "string"),
        (["007"], "string"),
        (["7", "007"], "string"),
        (["42.000"], "string"),
        (["+5"], "string"),
        (["٣"], "string"),
        ([1, "2"], "integer"),
        ([1, "x"], "string"),
        ([2**63], "string"),
        ([1.5], "number"),
        ([1, 1.5], "number"),
        ([1.5, "2"], "string"),
        (["01.02.2027", "2027-02-01", "[01.02.2027"], "date"),
        (["01.02.2027", "0000-00-00"], "date"),
        (["0000-00-00"], "string"),
        (["01.02.2027", "bald"], "string"),
        (["31.02.2027"], "string"),
        (["01.02.2027 10:00", "2027-02-01T10:00:00Z"], "date-time"),
        (["01.02.2027 10:00", "01.02.2027"], "string"),
        (["2027-02-01T10:00:00.1234567Z"], "string"),
        (["B", "C"], "string"),
        ([None, ""], "string"),
        ([["a"], ["b", "c"]], ["string"]),
        ([["a"], "b"], ["string"]),
        ([[1, 2], "3"], ["integer"]),
        ([[]], "string"),
        ([["01.02.2027"]], ["date"]),
        ([{"x": 1}], {"x": "integer"}),
        ([{"x": 1}, {"x": 2, "y": {"z": "ja"}}], {"x": "integer", "y": {"z": "string"}}),
        ([[{"x": 1}], {"x": 2.5}], [{"x": "number"}]),
        ([{"x": 1}, "a"], "string"),
        ([[[1], [2]]], [["integer"]]),
        ([["a", ["b"]]], ["string"]),
    ],
    ids=repr,
)
def test_discovered_types(values: list[object], expected: object) -> None:
    assert kind(*values) == expected


def test_the_label_is_the_description() -> None:
    assert discovered({"Label": "Ein A", "Value": 1}) == {
        "A": {"type": ["integer", "null"], "description": "Ein A"}
    }


def typed(schema: Json, value: object) -> tuple[object, tuple[tuple[str, str], ...]]:
    values, drift = compile_typed({"A": schema}, BERLIN)({"A": value})
    return values.get("A", "absent"), drift


MISFIT = (("misfit", "A"),)
INTEGER, NUMBER = {"type": ["integer", "null"]}, {"type": ["number", "null"]}
BOOLEAN, STRING = {"type": ["boolean", "null"]}, {"type": ["string", "null"]}
DATE = {"type": ["string", "null"], "format": "date"}
DATE_TIME = {"type": ["string", "null"], "format": "date-time"}
INTEGERS = {"type": ["array", "null"], "items": INTEGER}
OBJECT = {"type": ["object", "null"], "properties": {"x": INTEGER}, "additionalProperties": True}


@pytest.mark.parametrize(
    ("schema", "value", "expected", "drift"),
    [
        (INTEGER, "5", 5, ()),
        (INTEGER, 5, 5, ()),
        (INTEGER, 5.0, 5, ()),
        (INTEGER, ["5"], 5, ()),
        (INTEGER, "007", None, MISFIT),
        (INTEGER, 2**64, None, MISFIT),
        (INTEGER, True, None, MISFIT),
        (INTEGER, [1, 2], None, MISFIT),
        (NUMBER, 5, 5, ()),
        (NUMBER, 5.5, 5.5, ()),
        (NUMBER, "5.5", None, MISFIT),
        (NUMBER, float("nan"), None, MISFIT),
        (BOOLEAN, "Ja", True, ()),
        (BOOLEAN, "0", False, ()),
        (BOOLEAN, "vielleicht", None, MISFIT),
        (DATE, "01.02.2027", "2027-02-01", ()),
        (DATE, "0000-00-00", None, ()),
        (DATE, "bald", None, MISFIT),
        (DATE_TIME, "01.02.2027 10:00", "2027-02-01T09:00:00.000Z", ()),
        (DATE_TIME, "bald", None, MISFIT),
        (DATE_TIME, 1793607234, None, MISFIT),
        (STRING, 5, "5", ()),
        (STRING, True, "true", ()),
        (STRING, {"x": 1}, '{"x":1}', ()),
        (STRING, ["x"], "x", ()),
        (STRING, ["x", "y"], '["x","y"]', ()),
        (INTEGERS, ["1", 2], [1, 2], ()),
        (INTEGERS, "1", [1], ()),
        (INTEGERS, [1, "x"], [1, None], MISFIT),
        (INTEGERS, "x", None, MISFIT),
        (OBJECT, {"x": "1", "neu": "y"}, {"x": 1, "neu": "y"}, ()),
        (OBJECT, [{"x": "1"}], {"x": 1}, ()),
        (OBJECT, {"x": "y"}, {"x": None}, MISFIT),
        (OBJECT, "x", None, MISFIT),
        ({"type": "integer"}, "x", "absent", MISFIT),
        ({"type": ["integer", "string"]}, "x", "x", ()),
        ({}, {"any": 1}, {"any": 1}, ()),
    ],
    ids=repr,
)
def test_conversion(schema: Json, value: object, expected: object, drift: object) -> None:
    assert typed(schema, value) == (expected, drift)


def test_absent_fields_are_null_and_unknown_ones_are_kept() -> None:
    convert = compile_typed({"A": INTEGER, "B": STRING}, BERLIN)
    values, drift = convert({"B": "x", "C": [1], "D": None})
    assert values == {"A": None, "B": "x", "C": [1]}
    assert drift == (("unknown", "C"),)


SPECIAL = st.sampled_from(
    (
        "ja",
        "nein",
        "true",
        "false",
        "7",
        "-3",
        "007",
        "-0",
        "42.000",
        "01.02.2027",
        "2027-02-01",
        "0000-00-00",
        "01.02.2027 10:00",
        "2027-02-01T10:00:00Z",
        "1793607234",
        "29.02.2027",
        "",
        "2027-02-01 25:00",
        "31.12.9999 23:59",
        "0001-01-01T00:00:00+14:00",
        "02.30.2027",
        "[",
        "0",
    )
)
SCALAR = SPECIAL | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
VALUE = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("x", "y", "Größe", "#text", "@a")), inner, max_size=3)
    ),
    max_leaves=6,
)
ALIKE = st.one_of(
    *(
        st.lists(one | st.none(), min_size=1, max_size=6)
        for one in (SPECIAL, SCALAR, VALUE, st.lists(SPECIAL, max_size=3) | SPECIAL, st.booleans())
    )
)


def validate(properties: Json, values: Json) -> None:
    schema = record_schema(CANDIDATE_FIELDS, properties)["properties"]["custom_fields"]
    assert not list(Draft7Validator(schema, format_checker=FORMATS).iter_errors(values))
    msgspec.json.encode(values)


def same(raw: Value, typed: Value, schema: Json) -> bool:  # noqa: PLR0911  (one for each type)
    """Return whether nothing of a cleaned value was lost in its type."""
    name, form = schema["type"][0], schema.get("format")
    if raw is None:
        return typed is None
    if name == "array":
        many = raw if isinstance(raw, list) else [raw]
        return len(many) == len(typed) and all(
            same(r, v, schema["items"]) for r, v in zip(many, typed, strict=True)
        )
    if name == "object":
        return raw.keys() == typed.keys() and all(
            same(raw[key], typed[key], schema["properties"][key]) for key in raw
        )
    if name == "boolean":
        return typed is (raw if isinstance(raw, bool) else raw.casefold() in {"ja", "true"})
    if name in {"integer", "number"}:
        return bool(str(typed) == str(raw))
    if form == "date":
        return bool(typed == read_date(raw))
    if form == "date-time":
        return typed is None or read_time(typed, BERLIN) == read_time(raw, BERLIN)
    return bool(typed == raw if isinstance(raw, str) else json.loads(typed) == raw)


@given(ALIKE)
def test_every_sampled_value_validates_and_survives(values: list[object]) -> None:
    properties = discovered(*values)
    convert = compile_typed(properties, BERLIN)
    for value in values:
        custom = custom_of(value)
        result, drift = convert(custom)
        assert drift == ()
        validate(properties, result)
        assert same(custom["A"], result["A"], properties["A"])


@given(ALIKE, VALUE)
def test_every_later_value_validates(values: list[object], later: object) -> None:
    properties = discovered(*values)
    candidate = read({"Id": 1, "UserArea": {"A": later, "Neu": later}})
    result, drift = compile_typed(properties, BERLIN)(candidate.custom)
    validate(properties, result)
    assert ("unknown", "Neu") in drift or candidate.custom["Neu"] is None


@given(ALIKE, ALIKE)
def test_a_larger_sample_has_no_narrower_types(some: list[object], more: list[object]) -> None:
    small, large = discovered(*some)["A"], discovered(*some, *more)["A"]
    assert holds(large, small) or lacked_evidence(some)


def lacked_evidence(values: t.Iterable[object]) -> bool:
    """Return whether text was the answer to few values: none, zero dates or one truth word."""
    words = {"ja", "nein", "true", "false"}
    flat = list(_scalars([custom_of(value)["A"] for value in values]))
    known = [v for v in flat if v is not None and not (isinstance(v, str) and is_zero_date(v))]
    return not known or all(isinstance(v, str) and v.casefold() in words for v in known)


def _scalars(value: object) -> t.Iterator[object]:
    if isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif isinstance(value, dict):
        yield from _scalars(list(value.values()))
    else:
        yield value


def holds(large: Json, small: Json) -> bool:
    """Return whether every value of the small type has a place in the large one."""
    names = (large["type"][0], small["type"][0])
    if names[0] == "string" and "format" not in large:
        return True
    if names[0] == "array":
        return holds(large["items"], small["items"] if names[1] == "array" else small)
    if names == ("object", "object"):
        return all(
            holds(large["properties"][key], item) or not list(_evidence(item))
            for key, item in small["properties"].items()
        )
    return names in {("number", "integer"), (names[1], names[0])} and (
        large.get("format") == small.get("format")
    )


def _evidence(schema: Json) -> t.Iterator[str]:
    if schema != STRING:
        yield schema["type"][0]


@given(st.lists(st.text(max_size=6) | SPECIAL, min_size=1))
def test_only_real_dates_and_times_become_such(values: list[str]) -> None:
    schema = discovered(*values)["A"]
    cleaned = [v for v in (custom_of(value)["A"] for value in values) if v is not None]
    assume(cleaned)
    if schema.get("format") == "date":
        assert all(read_date(v) or is_no_time(v) for v in cleaned)
    if schema.get("format") == "date-time":
        assert all(has_clock(v) or is_no_time(v) for v in cleaned)


def test_memory_does_not_grow_with_the_sample() -> None:
    sample = Sample()
    for number in range(2_000):
        sample.add({"A": str(number), "B": {f"k{number}": number}, "C": [number] * 5})
    properties = sample.properties()
    assert properties["A"]["type"] == ["integer", "null"]
    assert len(properties["B"]["properties"]) == 200
    assert properties["C"]["items"] == INTEGER
