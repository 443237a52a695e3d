"""The SDK's settings are read and refused as the tap's own: one line that names the setting."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from tests.singer import run_tap
from tests.thinning import thinned

NOWHERE = {"api_url": "http://127.0.0.1:9/", "api_key": "k", "max_retries": 0}


def storage(root: str, prefix: object = "") -> dict[str, t.Any]:
    return {"encoding": {"format": "jsonl"}, "storage": {"root": root, "prefix": prefix}}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("stream_maps", "{", "must be a JSON object"),
        ("stream_maps", [], "must be a JSON object"),
        ("stream_map_config", "x", "must be a JSON object"),
        ("flattening_enabled", "perhaps", "must be true or false"),
        ("flattening_enabled", True, "flattening_max_depth: missing"),
        ("flattening_max_depth", "deep", "must be a whole number"),
        ("flattening_max_depth", -1, "must be at least 0"),
        ("flattening_max_key_length", 0, "must be at least 1"),
        ("flattening_separator", {}, "must be text"),
        ("faker_config", {"locale": "xx_YY"}, "locale is none that Faker knows"),
        ("faker_config", {"locale": 5}, "locale must be text"),
        ("faker_config", {"seed": []}, "seed must be an integer or text"),
        ("faker_config", {"seed": 0.5}, "seed must be an integer or text"),
        ("batch_config", "[]", "must be a JSON object"),
        ("batch_config", storage("nowhere://x"), "storage.root cannot be used"),
        ("batch_config", storage("/dev/null/x"), "cannot be made or written"),
        ("batch_config", storage("/srv/" + "x" * 300), "storage.root cannot be used (OSError)"),
        ("batch_config", storage("/tmp", 5), "prefix is text"),  # noqa: S108 - never written
    ],
)
def test_a_bad_value_is_one_line(name: str, value: object, expected: str, tmp_path: Path) -> None:
    run = run_tap(NOWHERE | {name: value}, tmp_path)
    assert run.exit_code == 1
    assert run.messages == ()
    line = run.log.splitlines()[-1]
    assert expected in line
    assert name in line or "flattening_max_depth" in line
    assert "Unexpected" not in run.log
    assert "Traceback" not in run.log


WITHOUT_FAKER = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "faker" else find(name)
from tap_compleetpersy.tap import TapCompleetpersy
TapCompleetpersy.cli()
"""
"""The program in an environment that has the tap alone."""


def test_where_faker_is_not_installed_a_map_that_reads_it_says_so(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    maps = {"candidates": {"last_name": "fake.last_name() if last_name else None"}}
    config.write_text(json.dumps(NOWHERE | {"stream_maps": maps}))
    words = [sys.executable, "-c", WITHOUT_FAKER, "--config", str(config)]
    run = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1
    assert run.stdout == ""
    line = run.stderr.splitlines()[-1]
    assert "stream_maps: candidates.last_name reads fake" in line
    assert "pip install faker" in line


def test_every_bad_value_has_its_line(tmp_path: Path) -> None:
    run = run_tap(NOWHERE | {"stream_maps": 1, "flattening_enabled": 2, "page_size": 0}, tmp_path)
    named = {line.split(": ")[0].split()[-1] for line in run.log.splitlines()[-3:]}
    assert named == {"stream_maps", "flattening_enabled", "page_size"}


@pytest.mark.parametrize(
    ("name", "value"),
    thinned(
        [
            *((name, "null") for name in ("stream_maps", "stream_map_config", "batch_config")),
            *((name, "") for name in ("stream_maps", "flattening_enabled", "batch_config")),
            *((name, None) for name in ("stream_maps", "flattening_enabled", "batch_config")),
        ],
        3,
    ),
)
def test_empty_is_not_set(
    config: dict[str, t.Any], tmp_path: Path, name: str, value: object
) -> None:
    run = run_tap(config | {name: value, "discovery_sample_size": 0}, tmp_path)
    assert run.exit_code == 0, run.log
    assert isinstance(run.records("candidates")[0]["custom_fields"], dict)


@pytest.mark.parametrize(
    ("word", "is_flat"), [("False", False), ("false", False), ("no", False), ("True", True)]
)
def test_the_environment_knows_one_way_of_saying_no(
    config: dict[str, t.Any], tmp_path: Path, word: str, is_flat: bool
) -> None:
    environment = {
        "TAP_COMPLEETPERSY_FLATTENING_ENABLED": word,
        "TAP_COMPLEETPERSY_FLATTENING_MAX_DEPTH": "1",
        "TAP_COMPLEETPERSY_STREAM_MAPS": '{"candidates": {"name": "last_name"}}',
    }
    given = config | {"discovery_sample_size": 0}
    run = run_tap(given, tmp_path, "--config=ENV", environment=environment)
    assert run.exit_code == 0, run.log
    row = run.records("candidates")[0]
    assert ("location__city" in row) is is_flat
    assert row["name"] == row["last_name"]


def test_a_prefix_may_lead_into_a_folder(config: dict[str, t.Any], tmp_path: Path) -> None:
    root = tmp_path / "batches"
    run = run_tap(config | {"batch_config": storage(root.as_uri(), "acme/2026/x-")}, tmp_path)
    assert run.exit_code == 0, run.log
    (made,) = root.glob("acme/2026/x-candidates-*")
    (url,) = run.of("BATCH", "candidates")[0]["manifest"]
    assert url == made.as_uri()


def test_a_file_that_cannot_be_stored_is_one_line(config: dict[str, t.Any], tmp_path: Path) -> None:
    batch = storage(tmp_path.as_uri(), "x" * 300)  # longer than any file's name may be
    run = run_tap(config | {"batch_config": batch}, tmp_path)
    assert run.exit_code == 1
    assert "batch_config: a file cannot be stored (OSError)" in run.log.splitlines()[-1]
    assert "Unexpected" not in run.log
