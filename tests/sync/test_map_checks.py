"""What an expression reads is told from its text, however it gets there."""

from __future__ import annotations

import pytest

from tap_compleetpersy.sdk import blank_map
from tap_compleetpersy.sync.stream_maps import Facts, Path, problems, reads_of

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


def test_every_function_that_the_installed_sdk_offers_may_be_used() -> None:
    jobs = {"jobs": Facts(frozenset({"id", "name"}), {})}
    for function in blank_map({}).functions:
        assert problems({"jobs": {"name": f"{function}(name)"}}, jobs) == []
    (line,) = problems({"jobs": {"name": "sha1(name)"}}, jobs)
    assert "reads sha1, which is no field of jobs" in line
