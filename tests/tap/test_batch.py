"""BATCH: files hold what RECORD lines would have said, and nothing more."""

from __future__ import annotations

import gzip
import json
import stat
import typing as t
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.catalog import deselect
from tests.singer import Message, Run, discover, run_tap
from tests.thinning import thinned

Config = dict[str, t.Any]


def batched(folder: Path, compression: str = "gzip", **given: t.Any) -> Config:
    return {
        "batch_config": {
            "encoding": {"format": "jsonl", "compression": compression},
            "storage": {"root": (folder / "batches").as_uri(), "prefix": "persy-"},
            **given,
        }
    }


def files(run: Run, stream: str) -> list[Path]:
    urls = [url for message in run.of("BATCH", stream) for url in message["manifest"]]
    return [Path(unquote(urlsplit(url).path)) for url in urls]


def rows(run: Run, stream: str) -> list[Message]:
    return [
        json.loads(line)
        for path in files(run, stream)
        for line in (
            gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        ).splitlines()
    ]


def comparable(records: list[Message]) -> list[Message]:
    return [{**record, "changed_at": None} for record in records]


FLAT: Config = {"flattening_enabled": True, "flattening_max_depth": 1}
MAPS: Config = {
    "stream_maps": {
        "candidates": {
            "email_addresses": "__NULL__",
            "integration_fields": "__NULL__",
            "__filter__": "confidential is False",
        }
    }
}


@pytest.mark.parametrize("compression", thinned(["gzip", "none"]))
@pytest.mark.parametrize(
    "settings",
    [{}, FLAT, MAPS, {"exclude_fields": ["Gehaltswunsch", "FormattedName"]}],
    ids=["plain", "flattened", "mapped", "excluded"],
)
def test_files_hold_what_records_say(
    config: Config, tmp_path: Path, settings: Config, compression: str
) -> None:
    said = run_tap(config | settings, tmp_path)
    run = run_tap(config | settings | batched(tmp_path, compression), tmp_path)
    assert run.exit_code == 0, run.log
    assert run.of("RECORD") == []
    for stream in ("candidates", "jobs", "applications"):
        expected = comparable(said.records(stream))
        assert expected
        assert comparable(rows(run, stream)) == expected


def test_a_deselected_field_is_in_no_file(config: Config, tmp_path: Path) -> None:
    fields = ("first_name", "custom_fields.Gehaltswunsch")
    catalog = deselect(discover(config, tmp_path), "candidates", *fields)
    run = run_tap(config | batched(tmp_path), tmp_path, catalog=catalog)
    for row in rows(run, "candidates"):
        assert "first_name" not in row
        assert "Gehaltswunsch" not in row["custom_fields"]
        keys = {field["key"].rpartition(".")[2] for field in row["integration_fields"]}
        assert not keys & {"GivenName", "FormattedName", "Gehaltswunsch"}


def test_a_state_follows_the_files_that_it_covers(config: Config, tmp_path: Path) -> None:
    run = run_tap(config | batched(tmp_path, batch_size=7), tmp_path)
    assert len(files(run, "candidates")) == -(-60 // 7)
    assert len(rows(run, "candidates")) == 60
    kinds = [message["type"] for message in run.messages]
    assert kinds[-1] == "STATE"
    assert "BATCH" not in kinds[kinds.index("STATE", kinds.index("BATCH")) :]


def test_files_are_private(config: Config, tmp_path: Path) -> None:
    run = run_tap(config | batched(tmp_path), tmp_path)
    (path,) = files(run, "candidates")
    assert path.name.startswith("persy-candidates-")
    assert path.name.endswith(".jsonl.gz")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "batch_config",
    [
        "yes",
        {"encoding": {"format": "jsonl"}},
        {"encoding": {"format": "parquet"}, "storage": {"root": "file:///x"}},
        {"encoding": {"format": "jsonl", "compression": "xz"}, "storage": {"root": "file:///x"}},
        {"encoding": {"format": "jsonl"}, "storage": {"root": 5}},
        {"encoding": {"format": "jsonl"}, "storage": {"root": "file:///x"}, "batch_size": 0},
    ],
)
def test_a_bad_setting_is_one_line(config: Config, tmp_path: Path, batch_config: object) -> None:
    run = run_tap(config | {"batch_config": batch_config}, tmp_path)
    assert run.exit_code == 1
    assert run.messages == ()
    assert "batch_config: " in run.log.splitlines()[-1]
    assert "Traceback" not in run.log
