"""Flattening: the SDK's schema and values, and every column in every row."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.helpers import _flattening as sdk

from tap_compleetpersy.sync.stream_maps import compile_flattening

Json = dict[str, t.Any]

KEYS = st.text("aÖß .%", min_size=1, max_size=4)
LEAVES = st.none() | st.booleans() | st.integers() | st.text('xÜ "', max_size=3)
OBJECTS = st.recursive(
    st.dictionaries(KEYS, LEAVES | st.lists(LEAVES, max_size=2), max_size=3),
    lambda children: st.dictionaries(KEYS, LEAVES | children, max_size=3),
    max_leaves=8,
)
DEPTHS = st.integers(1, 4)


def schema_of(value: object) -> Json:
    if isinstance(value, dict):
        properties = {key: schema_of(item) for key, item in value.items()}
        return {"type": ["object", "null"], "properties": properties}
    return {"type": ["array" if isinstance(value, list) else "string", "null"]}


def decoded(value: object) -> object:
    return json.loads(value) if isinstance(value, str) and value[:1] in {"[", "{"} else value


@given(OBJECTS, DEPTHS)
def test_values_are_where_the_sdk_puts_them(record: Json, depth: int) -> None:
    schema = sdk.flatten_schema(schema_of(record), max_level=depth)
    row = compile_flattening(schema, sdk.FlatteningOptions(enabled=True, max_level=depth))(record)
    expected = sdk.flatten_record(record, schema, max_level=depth)
    assert row.keys() == schema["properties"].keys()
    assert {name: decoded(value) for name, value in row.items()} == {
        name: decoded(expected.get(name)) for name in row
    }


@given(OBJECTS, DEPTHS)
def test_a_record_of_nulls_names_every_column(record: Json, depth: int) -> None:
    schema = sdk.flatten_schema(schema_of(record), max_level=depth)
    row = compile_flattening(schema, sdk.FlatteningOptions(enabled=True, max_level=depth))
    assert row(dict.fromkeys(record)) == dict.fromkeys(schema["properties"])


@given(OBJECTS, OBJECTS, DEPTHS)
def test_no_row_has_a_column_that_the_schema_lacks(known: Json, record: Json, depth: int) -> None:
    schema = sdk.flatten_schema(schema_of(known), max_level=depth)
    row = compile_flattening(schema, sdk.FlatteningOptions(enabled=True, max_level=depth))(record)
    assert row.keys() == schema["properties"].keys()


@pytest.mark.parametrize("new", ["x", {"deep": "ü"}, None])
def test_a_value_that_the_schema_does_not_know_is_left_out(new: object) -> None:
    nested = {"properties": {"c": {"type": "object", "properties": {"known": {"type": "integer"}}}}}
    schema = sdk.flatten_schema(nested, max_level=1)
    flatten = compile_flattening(schema, sdk.FlatteningOptions(enabled=True, max_level=1))
    assert flatten({"c": {"known": 1, "new": new}}) == {"c__known": 1}
