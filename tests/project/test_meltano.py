"""The Meltano project: custom definitions only, so nothing is asked of Meltano Hub."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

if t.TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

ROOT = Path(__file__).resolve().parents[2]
PROJECT = yaml.safe_load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
PLUGINS = {plugin["name"]: plugin for kind in PROJECT["plugins"].values() for plugin in kind}


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_is_a_complete_definition(name: str) -> None:
    plugin = PLUGINS[name]
    whole = PLUGINS[plugin.get("inherit_from", name)] | plugin
    assert {"namespace", "pip_url", "executable", "settings"} <= whole.keys()
    assert "variant" not in whole


@pytest.mark.parametrize("name", [name for name in PLUGINS if name.startswith("target-")])
def test_a_target_is_pinned(name: str) -> None:
    assert "==" in PLUGINS[name]["pip_url"].split()[0]


def test_the_tap_is_installed_as_users_get_it() -> None:
    assert "-e" not in PLUGINS["tap-compleetpersy"]["pip_url"].split()


def test_meltano_sends_no_statistics() -> None:
    assert PROJECT["send_anonymous_usage_stats"] is False


@pytest.mark.full
def test_a_plugin_installs_without_the_hub(tmp_path: Path, httpserver: HTTPServer) -> None:
    shutil.copyfile(ROOT / "meltano.yml", tmp_path / "meltano.yml")
    meltano = Path(sys.executable).with_name("meltano")
    inherited = {name: value for name, value in os.environ.items() if "MELTANO" not in name}
    done = subprocess.run(
        [meltano, "install", "target-jsonl"],
        cwd=tmp_path,
        env=inherited | {"MELTANO_HUB_URL": httpserver.url_for("/")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / ".meltano/loaders/target-jsonl/venv/bin/target-jsonl").is_file()
    assert httpserver.log == []
