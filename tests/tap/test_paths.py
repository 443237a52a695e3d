"""The tap as a class: config, catalog and state may be objects or paths, as the SDK has it."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.sync.state import StateError
from tap_compleetpersy.tap import TapCompleetpersy

STATE = {"bookmarks": {"jobs": {"position": "2026-01-01T00:00:00.000Z"}}}
CONFIG = {"api_url": "http://127.0.0.1:9", "api_key": "k"}


def file(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_read(tmp_path: Path, kind: t.Callable[[Path], t.Any]) -> None:
    catalog = TapCompleetpersy(config={}).catalog_dict
    tap = TapCompleetpersy(
        config=kind(file(tmp_path / "config.json", CONFIG)),
        catalog=kind(file(tmp_path / "catalog.json", catalog)),
        state=kind(file(tmp_path / "state.json", STATE)),
    )
    assert tap.state == STATE
    assert tap.settings.api_key == "k"
    assert set(tap.streams) == {each["tap_stream_id"] for each in catalog["streams"]}


def test_of_several_config_files_the_later_one_wins(tmp_path: Path) -> None:
    paths = [
        file(tmp_path / "1.json", {"page_size": 7, "account": "a"}),
        file(tmp_path / "2.json", {"page_size": 8}),
    ]
    settings = TapCompleetpersy(config=paths).settings
    assert (settings.page_size, settings.account) == (8, "a")


@pytest.mark.parametrize("option", ["config", "catalog", "state"])
def test_a_file_that_is_no_json_object_is_refused(tmp_path: Path, option: str) -> None:
    given: dict[str, t.Any] = {"config": CONFIG, option: file(tmp_path / "bad.json", [1])}
    with pytest.raises((SettingsError, StateError), match=f"^--{option}: the file is not a JSON"):
        TapCompleetpersy(**given)


def test_a_file_that_is_not_there_is_named_by_its_option(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--state: the file cannot be read"):
        TapCompleetpersy(config=CONFIG, state=tmp_path / "none.json")
