"""What holds for the files of the project as a whole."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import tomllib
import typing as t
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tap_compleetpersy"
MACHINE = re.compile(
    r"(?<![\w.~])/(?:home|root|Users|work|tmp|opt|mnt)/"
    r"|pypi\.org|pythonhosted\.org|registry\.npmjs\.org"
)
# A layer imports itself, what stands after it, and nothing that stands before it.
LAYERS = ("tap", "given_catalog", "command", "streams", "sync", "files", "api", "model")


def project_files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / name for name in done.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): match.group()
        for path in project_files()
        if (match := MACHINE.search(text_of(path)))
    }
    assert found == {}


def test_no_secret_or_output_is_part_of_the_project() -> None:
    names = {path.name for path in project_files()}
    assert not names & {".env", "config.json", "state.json", "catalog.json"}
    assert not [name for name in names if name.endswith((".duckdb", ".whl", ".pyc"))]


def test_the_version_is_the_same_everywhere() -> None:
    pyproject = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    version = pyproject["project"]["version"]
    released = re.search(
        r"^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE
    )
    assert released is not None
    assert released.group(1) == version == importlib.metadata.version("tap-compleetpersy")


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    section = text_of(ROOT / "CONTRIBUTING.md").split("## Dependencies")[1]
    named = re.findall(r"[\w-]+", " ".join(re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)))
    groups = tomllib.loads(text_of(ROOT / "pyproject.toml"))["dependency-groups"].values()
    developing = [entry for group in groups for entry in group if isinstance(entry, str)]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["sandbox"],
        *(entry for entry in developing if not entry.startswith("types-")),
    ]
    assert {Requirement(entry).name for entry in wanted} <= set(named)


@pytest.mark.parametrize(
    "layer", ["settings", "sandbox", "check", "explorer", "passthrough", *LAYERS]
)
def test_a_layer_imports_nothing_that_stands_above_it(layer: str) -> None:
    allowed: dict[str, set[str]] = {
        "settings": {"settings"},
        "sandbox": {"sandbox"},
        "files": {"files"},
        "model": {"model"},
        # Rooms beside the tap, which the commands for people open.
        "check": {"check", "settings", "sync", "api", "model"},
        "explorer": {"explorer", "check", "settings", "sync", "model"},
        "passthrough": {"passthrough", "settings", "api"},
    }
    below = {"settings", *LAYERS[LAYERS.index(layer) :]} if layer in LAYERS else set()
    assert set(imported_layers(layer)) <= allowed.get(layer, below)


def imported_layers(layer: str) -> t.Iterator[str]:
    """Name the parts of the package that a part of it imports."""
    for path in [PACKAGE / f"{layer}.py", *(PACKAGE / layer).rglob("*.py")]:
        if not path.is_file():
            continue
        for node in ast.walk(ast.parse(text_of(path))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                if name.startswith("tap_compleetpersy."):
                    yield name.split(".")[1]


def test_there_is_no_relative_import() -> None:
    relative = [
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
