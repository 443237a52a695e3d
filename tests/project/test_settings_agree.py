"""The declared settings, and everything that repeats them."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

from scripts import render_settings
from tap_compleetpersy.settings import Settings
from tap_compleetpersy.settings.declaration import ENVIRONMENT_PREFIX, about, default, json_type

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {field.name: field for field in dataclasses.fields(Settings)}
BUILT_INTO_THE_SDK = {
    "batch_config",
    "faker_config",
    "flattening_enabled",
    "flattening_max_depth",
    "flattening_max_key_length",
    "flattening_separator",
    "stream_map_config",
    "stream_maps",
}


def meltano_settings() -> dict[str, dict[str, t.Any]]:
    project = yaml.safe_load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
    (tap,) = project["plugins"]["extractors"]
    return {setting["name"]: setting for setting in tap["settings"]}


def test_generated_files_are_as_generated() -> None:
    assert render_settings.outdated() == {}


@pytest.mark.parametrize("name", FIELDS)
def test_meltano_has_the_setting(name: str) -> None:
    field, setting = FIELDS[name], meltano_settings()[name]
    assert setting.get("value") == default(field)
    assert setting.get("sensitive", False) == about(field).secret
    assert tuple(option["value"] for option in setting.get("options", [])) == about(field).choices


@pytest.mark.parametrize("name", [name for name in FIELDS if about(FIELDS[name]).unverified])
def test_an_unverified_default_says_so_everywhere(name: str) -> None:
    assert "(unverified)" in meltano_settings()[name]["description"]
    assert f"| `{name}` |" in _line_with(ROOT / "docs/settings.md", f"| `{name}` |", "(unverified)")


def test_meltano_has_no_other_settings_but_the_sdks() -> None:
    assert set(meltano_settings()) == set(FIELDS) | BUILT_INTO_THE_SDK


def test_the_page_lists_every_setting_in_the_declared_order() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    table = text.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FIELDS)


def test_the_environment_example_lists_every_setting() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(rf"^(?:# )?{ENVIRONMENT_PREFIX}(\w+)=", text, re.MULTILINE)
    assert [name.lower() for name in names] == list(FIELDS)


def test_the_environment_example_sets_only_the_key_and_the_address() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    set_names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert set_names == {f"{ENVIRONMENT_PREFIX}API_KEY", f"{ENVIRONMENT_PREFIX}API_URL"}


def test_about_agrees_with_the_declared_settings() -> None:
    properties = _about()["settings"]["properties"]
    assert set(properties) == set(FIELDS) | BUILT_INTO_THE_SDK
    for name, field in FIELDS.items():
        assert properties[name].get("default") == default(field), name
        assert json_type(field) in properties[name]["type"], name
        assert properties[name].get("secret", False) == about(field).secret, name
        assert properties[name]["description"] == about(field).help, name


def test_meltano_declares_the_capabilities_that_the_tap_has() -> None:
    project = yaml.safe_load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
    (tap,) = project["plugins"]["extractors"]
    assert sorted(tap["capabilities"]) == sorted(_about()["capabilities"])


def _about() -> dict[str, t.Any]:
    command = Path(sys.executable).with_name("tap-compleetpersy")
    done = subprocess.run([command, "--about", "--format", "json"], capture_output=True, check=True)
    return t.cast("dict[str, t.Any]", json.loads(done.stdout))


def _line_with(path: Path, *parts: str) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if all(part in line for part in parts)), "")
