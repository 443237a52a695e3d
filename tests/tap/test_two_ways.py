"""Quick ways and the general way say the same, byte for byte."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.catalog import deselect
from tests.singer import bare_environment, discover, tap
from tests.thinning import thinned

MOMENT = re.compile(rb'"(changed_at|time_extracted|full_sync_at|replication_key_value)":"[^"]*"')
SETTINGS = re.compile(rb'"(shape|maps)":(?:\{[^}]*\}|"[^"]*")')
"""Hashes of settings, which are others in each way."""
NOBODYS = "Erstelldatum"
"""Excluded, it has all read in general, for rows could be made by it; no record has it."""

WAYS: dict[str, dict[str, t.Any]] = {
    "in one process": {"prefetch_pages": 0},
    "in two processes": {"prefetch_pages": 4},
    "in general": {"exclude_fields": [NOBODYS]},
    "through maps": {"stream_maps": {"candidates": {}, "jobs": {}, "applications": {}}},
}


def lines(config: dict[str, t.Any], catalog: dict[str, t.Any], folder: Path) -> list[bytes]:
    """Run the tap; answer its lines as written, without the moments."""
    for name, content in {"config": config, "catalog": catalog}.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    words = ["--config", "config.json", "--catalog", "catalog.json"]
    done = tap().run(words, cwd=folder, env=bare_environment(), timeout=120)
    done.check_returncode()
    said = [MOMENT.sub(rb'"\1":""', line) for line in done.stdout.splitlines()]
    return [SETTINGS.sub(rb'"\1":""', line) for line in said]


@pytest.mark.parametrize("shape", thinned(["hrxml", "flat", "php"]))
def test_all_ways_say_the_same(shape: str, tmp_path: Path) -> None:
    with running(Options(candidates=200, seed=3, shape=shape)) as sandbox:
        config = {"api_url": sandbox.url, "api_key": sandbox.api_key, "page_size": 20}
        catalog = discover(config, tmp_path)
        said = {
            name: lines(config | settings, catalog, tmp_path) for name, settings in WAYS.items()
        }
    expected = said.pop("in general")
    assert sum(b'"RECORD","stream":"candidates"' in line for line in expected) == 200
    for name, others in said.items():
        assert others == expected, name


FIELDS = ("phone_numbers", "custom_fields.Gehaltswunsch")
PARTS = (*FIELDS, "custom_fields.Kuendigungsfrist.Anzahl")


@pytest.mark.parametrize("fields", [FIELDS, PARTS], ids=["fields", "parts"])
def test_what_is_deselected_is_left_out_the_same_way(
    fields: tuple[str, ...], tmp_path: Path
) -> None:
    with running(Options(candidates=100, seed=3)) as sandbox:
        config = {"api_url": sandbox.url, "api_key": sandbox.api_key, "page_size": 20}
        catalog = deselect(discover(config, tmp_path), "candidates", *fields)
        quick = lines(config | {"prefetch_pages": 4}, catalog, tmp_path)
        general = lines(config | {"exclude_fields": [NOBODYS]}, catalog, tmp_path)
    assert quick == general
    assert not any(b"Gehaltswunsch" in line for line in quick if b'"RECORD"' in line)
    assert not any(b"FormattedNumber" in line for line in quick if b'"RECORD"' in line)
