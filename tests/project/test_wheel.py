"""The wheel holds the whole package and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    options = ["--quiet", "--wheel", "--no-build-isolation", f"--python={sys.executable}"]
    subprocess.run([uv, "build", *options, f"--out-dir={folder}"], cwd=ROOT, check=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_it_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    files = (path for path in (ROOT / "tap_compleetpersy").rglob("*") if path.is_file())
    expected = {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}
    assert expected == {name for name in wheel.namelist() if ".dist-info/" not in name}


def test_it_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "tap_compleetpersy/py.typed" in wheel.namelist()


def test_it_has_the_licence_and_the_two_commands(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    (entry_points,) = (name for name in names if name.endswith("/entry_points.txt"))
    lines = wheel.read(entry_points).decode().split("\n")
    assert "tap-compleetpersy = tap_compleetpersy.tap:TapCompleetpersy.cli" in lines
    assert "persy = tap_compleetpersy.cli:main" in lines


def test_its_metadata(wheel: zipfile.ZipFile) -> None:
    facts = metadata(wheel)
    assert facts["Name"] == "tap-compleetpersy"
    assert facts["License-Expression"] == "Apache-2.0"
    assert facts["Requires-Python"] == "<3.15,>=3.11"
    assert facts.get_all("Provides-Extra") == ["keyring", "sandbox", "warehouse"]
