"""The lock files hold what pyproject.toml asks for, pinned and without any address."""

from __future__ import annotations

import re
import tomllib
import typing as t
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("dev", "runtime", "mutation", "audit", "meltano", "bootstrap")


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock_text(name), re.MULTILINE))


def group(name: str) -> t.Iterator[str]:
    for entry in PYPROJECT["dependency-groups"][name]:
        if isinstance(entry, dict):
            yield from group(entry["include-group"])
        else:
            yield entry


def wanted() -> t.Iterator[tuple[str, str]]:
    project = PYPROJECT["project"]
    extras = (entry for extra in project["optional-dependencies"].values() for entry in extra)
    for requirement in (*project["dependencies"], *extras, *group("dev")):
        yield "dev", requirement
    for requirement in project["dependencies"]:
        yield "runtime", requirement
    for name in ("audit", "meltano", "mutation", "bootstrap"):
        for requirement in group(name):
            yield name, requirement


@pytest.mark.parametrize(("lock", "requirement"), sorted(set(wanted())))
def test_the_lock_has_a_version_that_fits(lock: str, requirement: str) -> None:
    parsed = Requirement(requirement)
    assert parsed.specifier.contains(locked(lock)[canonicalize_name(parsed.name)])


@pytest.mark.parametrize("lock", LOCKS)
def test_every_version_is_pinned_with_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", lock_text(lock).strip())
    packages = [block for block in blocks if not block.startswith("#")]
    assert packages
    assert [block for block in packages if "==" not in block or "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_says_how_it_is_renewed_and_names_no_address(lock: str) -> None:
    assert "make lock" in lock_text(lock).splitlines()[1]
    assert "://" not in lock_text(lock)


def test_both_environments_use_the_same_installer() -> None:
    assert locked("dev")["uv"] == locked("bootstrap")["uv"]


@pytest.mark.parametrize("lock", ["runtime", "mutation"])
def test_what_is_in_two_locks_has_one_version(lock: str) -> None:
    assert locked(lock) | locked("dev") == locked("dev") | locked(lock)
