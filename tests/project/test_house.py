"""What holds for the files of the project as a whole."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import inspect
import re
import subprocess
import tomllib
import typing as t
from collections import Counter
from pathlib import Path

import pytest
import singer_sdk.mapper
import singer_sdk.plugin_base
import singer_sdk.streams.core
import singer_sdk.tap_base
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tap_compleetpersy"
MACHINE = re.compile(
    r"(?<![\w.~])/(?:home|root|Users|work|tmp|opt|mnt)/"
    r"|pypi\.org|pythonhosted\.org|registry\.npmjs\.org"
)
# A layer imports itself, what stands after it, and nothing that stands before it.
LAYERS = ("tap", "given_catalog", "command", "streams", "sync", "sdk", "files", "api", "model")


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
    "layer", ["settings", "sandbox", "check", "explorer", "passthrough", "errors", *LAYERS]
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
        "warehouse": {"warehouse", "errors", "settings", "sync", "files", "model"},
        "passthrough": {"passthrough", "settings", "api"},
    }
    below = {"settings", *LAYERS[LAYERS.index(layer) :]} if layer in LAYERS else set()
    root: set[str] = set() if layer in {"model", "sandbox"} else {"errors"}
    assert set(imported_layers(layer)) <= allowed.get(layer, below) | root


def imported_layers(layer: str) -> t.Iterator[str]:
    """Name the parts of the package that a part of it imports."""
    for module, imported in IMPORTS.items():
        if module.split(".")[:2] == ["tap_compleetpersy", layer]:
            yield from (name.split(".")[1] for name in imported if "." in name)


def test_no_style_of_paging_is_known_by_its_name() -> None:
    compared = re.compile(r"""pagination\s*(?:[!=]=|(?:not )?in)\s*[\[({]?\s*["']""")
    files = sorted((ROOT / "tap_compleetpersy").rglob("*.py"))
    found = {path.parent.name for path in files if compared.search(text_of(path))}
    assert found <= {"sandbox"}  # which knows nothing of the tap


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports inside functions and those for types only count, too."""
    circle: tuple[str, ...] = ()
    try:
        graphlib.TopologicalSorter(IMPORTS).prepare()
    except graphlib.CycleError as error:
        circle = tuple(error.args[1])
    assert circle == ()


def modules() -> dict[str, Path]:
    """Return the file of each module of the package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path, known: t.Container[str]) -> set[str]:
    """Return the modules of the package that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.ImportFrom):
            parts = [(f"{node.module}.{alias.name}", node.module or "") for alias in node.names]
            found |= {whole if whole in known else module for whole, module in parts}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name in known}


MODULES = modules()
IMPORTS = {name: imports_of(path, MODULES) for name, path in MODULES.items()}


def test_each_package_says_what_its_files_are_for() -> None:
    missing = []
    for path in PACKAGE.glob("*/__init__.py"):
        told = text_of(path)
        names = {file.stem for file in path.parent.glob("*.py")} - {"__init__"}
        missing += [
            f"{path.parent.name}/{name}"
            for name in names
            if not re.search(rf'[`"]{name}[`"]|^[│├└─ ]+{name} ', told, re.MULTILINE)
        ]
    assert missing == []


def test_private_parts_of_the_sdk_are_touched_in_one_file() -> None:
    touched = {
        path.relative_to(PACKAGE).as_posix(): sorted(names)
        for path in PACKAGE.rglob("*.py")
        if path != PACKAGE / "sdk.py" and (names := private_parts_of_the_sdk(path))
    }
    assert touched == {}


def private_parts_of_the_sdk(path: Path) -> set[str]:
    """Return what a file imports, reads or overrides of what the SDK keeps to itself."""
    tree = ast.parse(text_of(path))
    nodes = list(ast.walk(tree))
    imported = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    found = {name for name in imported if name.startswith("singer_sdk") and "._" in name}
    others = [
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
    ]
    derived = [
        name
        for node in nodes
        if isinstance(node, ast.ClassDef) and {*map(ast.unparse, node.bases)} & SDK_BASES
        for name in [
            *(each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)),
            *(each.name for each in node.body if isinstance(each, ast.FunctionDef)),
        ]
    ]
    return found | ({*others, *derived} & SDK_PRIVATE)


def private_names_of_the_sdk() -> set[str]:
    """Return the private attributes and methods of the SDK's taps, streams and maps."""
    modules = (singer_sdk.plugin_base, singer_sdk.tap_base, singer_sdk.streams.core)
    names: set[str] = set()
    for module in (*modules, singer_sdk.mapper):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.FunctionDef):
                names.add(node.name)
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


SDK_PRIVATE = private_names_of_the_sdk()
SDK_BASES = {
    *("Tap", "Stream", "SdkTap", "SdkStream", "PersyStream", "SingerCommand"),
    "GenericSingerWriter[bytes, Message]",
}


def test_there_is_no_relative_import() -> None:
    relative = [
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_two_helpers_of_the_tests_have_one_name() -> None:
    helpers = Counter(
        path.name
        for path in (ROOT / "tests").rglob("*.py")
        if not path.name.startswith(("test_", "__", "conftest"))
        and "node_modules" not in path.parts
    )
    assert [name for name, number in helpers.items() if number > 1] == []


def test_the_map_of_the_tests_names_each_folder_and_the_helpers_for_all() -> None:
    text = text_of(ROOT / "tests" / "README.md")
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    helpers = {path.stem for path in (ROOT / "tests").glob("[a-z]*.py")} - {"compiling"}
    missing = [name for name in folders if f"`{name}/`" not in text]
    missing += [
        name
        for name in helpers
        if not name.startswith("test_") and not re.search(rf"`{name}\.", text)
    ]
    assert missing == []


CITATION = re.compile(r"`(docs/[\w.-]+\.md)`+(?:,\s+(\"[^\"]+\"))?")


def test_every_page_and_section_that_the_code_cites_is_there() -> None:
    """A section is cited by its heading, in quotation marks: `docs/wire.md`, "Found"."""
    missing: list[object] = []
    for path in PACKAGE.rglob("*.py"):
        missing += re.findall(r"\(`docs/[\w.-]+\.md`, (?!\")[^)]*\)", text_of(path))
        for page, section in CITATION.findall(text_of(path)):
            if not (ROOT / page).is_file():
                missing.append((path.name, page))
            elif section.startswith('"'):
                heading = " ".join(section.strip('"').split())
                if not re.search(rf"^#+ {re.escape(heading)}$", text_of(ROOT / page), re.MULTILINE):
                    missing.append((path.name, page, heading))
    assert missing == []


def test_what_returns_something_says_so() -> None:
    """A docstring of a function begins with what it gives back, not with talk of answering."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in project_files()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef)
        and (ast.get_docstring(node) or "").startswith(("Answer ", "Give ", "Say ", "Tell "))
        and node.returns is not None
        and ast.unparse(node.returns) != "None"
    ]
    assert found == []
