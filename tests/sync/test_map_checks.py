"""What an expression reads is told from its text, however it gets there."""

from __future__ import annotations

import pytest
from singer_sdk.mapper import CustomStreamMap

from tap_compleetpersy.sync.stream_maps import _OF_EVERY_EXPRESSION, Path, reads_of

DEEP = ("custom_fields", "Licence")


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("confidential is False", {("confidential",)}),
        ("(custom_fields or {}).get('Licence') == 'B'", {DEEP}),
        ("custom_fields['Licence'].upper()", {DEEP}),
        ("custom_fields.Licence", {DEEP}),
        ("record['custom_fields'].get('Licence', last_name)", {DEEP, ("last_name",)}),
        ("_.get('custom_fields')['Licence']", {DEEP}),
        ("(location if title else custom_fields)['city']",
         {("location", "city"), ("title",), ("custom_fields", "city")}),
        ("[each['type'] for each in phone_numbers if each]", {("phone_numbers",)}),
        ("email_addresses[0]['email_address']", {("email_addresses", "email_address")}),
        ("md5(first_name + str(config['salt']))",
         {("md5",), ("first_name",), ("str",), ("config", "salt")}),
        ("first_name == 'title'", {("first_name",)}),
        ("1 + 1", set()),
    ],
)  # fmt: skip
def test_paths(expression: str, paths: set[Path]) -> None:
    assert reads_of(expression).paths == paths


@pytest.mark.parametrize(
    ("expression", "path", "is_read"),
    [
        ("custom_fields.get('Licence')", DEEP, True),
        ("custom_fields", DEEP, False),
        ("'Licence' in custom_fields", DEEP, True),
        ("custom_fields.get('Other')", DEEP, False),
        ("custom_fields.get('Licence')", ("custom_fields",), True),
        ("record.get('title')", ("title",), True),
        ("'title' in record", ("title",), True),
        ("first_name == 'title'", ("title",), False),
        ("location['city']", ("location", "city"), True),
        ("[e for e in integration_fields if e['key'] == 'Licence']", DEEP, True),
        ("remote_data.get('Licence')", DEEP, True),
        ("remote_data.get('Other')", DEEP, False),
    ],
)
def test_what_is_read(expression: str, path: Path, is_read: bool) -> None:
    assert reads_of(expression).reads(path) is is_read


def test_every_function_of_the_sdk_is_known() -> None:
    stream_map = CustomStreamMap(
        stream_alias="x",
        map_config={},
        faker_config={},
        raw_schema={"properties": {}},
        key_properties=[],
        map_transform={},
        flattening_options=None,
    )
    assert stream_map.functions.keys() <= _OF_EVERY_EXPRESSION
