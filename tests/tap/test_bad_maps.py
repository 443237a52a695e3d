"""A map that names what is not there, or reads what nobody selected, ends before any request."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from tests.catalog import deselect
from tests.singer import Message, Run, discover, run_tap
from tests.thinning import thinned

NOWHERE = {"api_url": "http://127.0.0.1:9/", "api_key": "k", "max_retries": 0}
"""A server that is not there: whoever asks it for anything ends in another error."""

MISSPELT: dict[str, tuple[Message, str]] = {
    "stream": ({"candidate": None}, "candidate is no stream of this tap; did you mean candidates?"),
    "source": ({"x": {"__source__": "canidates"}}, "x.__source__ is no stream of this tap"),
    "pattern": ({"people*": {"id": "id"}}, "people* is no stream of this tap"),
    "removed field": ({"candidates": {"frist_name": None}}, "did you mean first_name?"),
    "removed part": ({"candidates": {"location.city": "__NULL__"}}, "location.city is no field"),
    "read field": (
        {"jobs": {"__filter__": "nane == 'x'"}},
        "reads nane, which is no field of jobs",
    ),
    "read part": (
        {"candidates": {"x": "location['cty']"}},
        "reads location.cty, which is no field",
    ),
    "function": ({"candidates": {"x": "upper(title)"}}, "reads upper, which is no field"),
    "option": ({"candidates": {"__fliter__": "True"}}, "candidates.__fliter__ is no option"),
    "option of all": ({"__filter__": "True"}, "stream_maps: __filter__ is no option"),
    "keys": ({"jobs": {"__key_properties__": ["nr"]}}, "the key nr is made of nr"),
    "keys as text": ({"jobs": {"__key_properties__": "id"}}, "must be a list of fields, or null"),
    "key of a person": ({"jobs": {"__key_properties__": ["name"]}}, "the key name is made of name"),
    "key made of a name": ({"jobs": {"id": "md5(name or '')"}}, "the key id is made of name"),
    "remote data": ({"jobs": {"x": "str(remote_data)"}}, "which is null. Set include_remote_data"),
    "removed key": ({"jobs": {"id": None}}, "leaves a key out of a table"),
    "others": ({"candidates": {"__else__": "id"}}, "candidates.__else__ can only be null"),
    "syntax": ({"jobs": {"__filter__": "name =="}}, "jobs.__filter__ must be an expression"),
    "statement": ({"jobs": {"name": "x = 1"}}, "jobs.name must be an expression"),
    "number": ({"jobs": {"name": 5}}, "jobs.name must be an expression"),
    "text": ({"jobs": "name"}, "stream_maps: jobs must be an object, or null"),
    "two names": (
        {"x": {"__source__": "jobs", "__alias__": "y"}},
        "x has __source__ and __alias__",
    ),
    "one table": (
        {"candidates": {"__alias__": "jobs"}},
        "candidates and jobs would be one table, jobs",
    ),
    "a copy that is a stream": (
        {"jobs": {"__source__": "candidates"}},
        "candidates and jobs would be one table, jobs",
    ),
    "a copy of several": ({"x": {"__source__": "[cj]*s"}}, "would be one table, x"),
    "one name for several": ({"*": {"__alias__": "x"}}, "would be one table, x"),
    "alias": ({"jobs": {"__alias__": "my jobs"}}, "stream_maps: an expression cannot be used"),
}


def last_line(run: Run) -> str:
    assert run.exit_code == 1
    assert run.messages == ()
    assert "Traceback" not in run.log
    return run.log.splitlines()[-1]


@pytest.mark.parametrize(("maps", "expected"), thinned(MISSPELT.values(), 3), ids=MISSPELT)
def test_what_is_misspelt_is_named(maps: Message, expected: str, tmp_path: Path) -> None:
    line = last_line(run_tap(NOWHERE | {"stream_maps": maps}, tmp_path))
    assert "stream_maps: " in line
    assert expected in line


@pytest.mark.parametrize(
    ("excluded", "expression", "name"),
    thinned(
        [
            ("Licence", "(custom_fields or {}).get('Licence')", "custom_fields.Licence"),
            ("Licence", "[e for e in integration_fields or [] if e['key'] == 'Licence']", ""),
            ("Confidential", "not confidential", "confidential"),
        ],
        1,
    ),
)
def test_a_map_reads_nothing_that_is_excluded(
    tmp_path: Path, excluded: str, expression: str, name: str
) -> None:
    maps = {"candidates": {"__filter__": expression}}
    given = {"exclude_fields": [excluded], "stream_maps": maps}
    line = last_line(run_tap(NOWHERE | given, tmp_path))
    assert f"reads {name}" in line
    assert "which exclude_fields keeps out" in line


def test_a_new_custom_field_is_read_by_no_map_where_others_are_deselected(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = deselect(discover(config, tmp_path), "candidates", "custom_fields.Gehaltswunsch")
    maps = {"candidates": {"__filter__": "(custom_fields or {}).get('New') != 'x'"}}
    line = last_line(run_tap(NOWHERE | {"stream_maps": maps}, tmp_path, catalog=catalog))
    assert "reads custom_fields.New, which is no field of candidates" in line


def test_a_map_of_a_stream_that_is_off_may_read_what_is_deselected(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = deselect(deselect(discover(config, tmp_path), "jobs", "name"), "jobs")
    run = run_tap(
        config | {"stream_maps": {"jobs": {"__filter__": "name"}}}, tmp_path, catalog=catalog
    )
    assert run.exit_code == 0, run.log
    assert run.records("jobs") == []


@pytest.mark.parametrize(
    ("definition", "is_told"),
    thinned(
        [
            ({"remote_deleted_at": None}, True),
            ({"__else__": None, "id": "id", "last_name": "last_name"}, True),
            ({"remote_deleted_at": None, "is_deleted": "bool(remote_deleted_at)"}, False),
            ({"remote_deleted_at": None, "__filter__": "remote_deleted_at is None"}, False),
        ],
        2,
    ),
)
def test_a_table_whose_deletions_look_alive_is_told(
    config: dict[str, t.Any], tmp_path: Path, definition: Message, *, is_told: bool
) -> None:
    given = {"stream_maps": {"candidates": definition}, "discovery_sample_size": 0}
    run = run_tap(config | given, tmp_path)
    assert run.exit_code == 0, run.log
    assert ("candidates leaves remote_deleted_at out" in run.log) is is_told


@pytest.mark.parametrize(
    "maps",
    thinned(
        [
            {"*": {"remote_data": "__NULL__"}, "cand*s": {"company": None}},
            {"__else__": "__NULL__", "jobs": {"__else__": None, "id": "id", "name": "name"}},
            {"people": {"__source__": "candidates", "__key_properties__": ["remote_id"]}},
            {"candidates": {"__alias__": "__stream_name__ + '_of_persy'", "given": "first_name"}},
            {"*": {"__alias__": "'persy_' + __stream_name__"}},
            {"jobs": {"__source__": "candidates"}, "__else__": "__NULL__"},
            {
                "candidates": {
                    "title": "str(self or fake.name()) if config['x'] else md5(remote_id)"
                }
            },
            {"applications": None, "jobs": {"__filter__": None}},
            {"candidates": {"licence": "(custom_fields or {}).get('Anything')"}},
        ],
        3,
    ),
)
def test_what_the_sdk_documents_is_allowed(
    config: dict[str, t.Any], tmp_path: Path, maps: Message
) -> None:
    given = {"stream_maps": maps, "stream_map_config": {"x": 1}, "discovery_sample_size": 0}
    run = run_tap(config | given, tmp_path)
    assert run.exit_code == 0, run.log


@pytest.mark.parametrize(
    ("definition", "deselected", "stream"),
    thinned([
        ({"__filter__": "(custom_fields or {}).get('Führerschein') == 'B'"},
         ("custom_fields", "Führerschein"), "candidates"),
        ({"__filter__": "confidential is False"}, ("confidential",), "candidates"),
        ({"town": "location['city']"}, ("location", "city"), "candidates"),
        ({"__filter__": "record.get('outcome')"}, ("outcome",), "applications"),
    ], 2),
)  # fmt: skip
def test_a_map_reads_nothing_that_is_deselected(
    config: dict[str, t.Any],
    tmp_path: Path,
    definition: Message,
    deselected: tuple[str, ...],
    stream: str,
) -> None:
    catalog = discover(config, tmp_path)
    breadcrumb = [word for name in deselected for word in ("properties", name)]
    for entry in catalog["streams"]:
        if entry["tap_stream_id"] == stream:
            place: Message = {"breadcrumb": breadcrumb, "metadata": {"selected": False}}
            others = [item for item in entry["metadata"] if item["breadcrumb"] != breadcrumb]
            entry["metadata"] = [*others, place]
            if deselected[0] == "custom_fields":
                fields = entry["schema"]["properties"]["custom_fields"]
                fields["properties"][deselected[1]] = {"type": ["string", "null"]}
    for name in (stream, "copy"):
        maps = {name: definition if name == stream else {"__source__": stream, **definition}}
        line = last_line(run_tap(NOWHERE | {"stream_maps": maps}, tmp_path, catalog=catalog))
        assert f"reads {'.'.join(deselected)} of {stream}, which the catalog deselects" in line


def test_a_field_that_was_taken_out_of_the_catalog_is_deselected(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    for entry in catalog["streams"]:
        entry["schema"]["properties"].pop("confidential", None)
    maps = {"candidates": {"__filter__": "not confidential", "confidential": None}}
    line = last_line(run_tap(NOWHERE | {"stream_maps": maps}, tmp_path, catalog=catalog))
    assert "candidates.__filter__ reads confidential of candidates" in line
