"""What docs/targets.md says of each target is what its real release does with the real tap."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.targets import page
from tests.targets.declared import TARGETS
from tests.targets.environments import PINS, environment
from tests.targets.singer_target import Spot, Target
from tests.targets.story import tell


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(each, id=each.title, marks=() if each.fast else pytest.mark.full)
        for each in TARGETS
    ],
)
def test_a_target_makes_of_six_runs_what_its_row_says(target: Target, tmp_path: Path) -> None:
    python = environment(target.name, target.python)
    (tmp_path / "server").mkdir()
    with target.server(tmp_path / "server") as server:
        spot = Spot(tmp_path, python, server)
        seen, said = tell(
            tmp_path,
            target.command(spot),
            lambda: target.read(spot),
            settings=target.tap,
            environment=target.environment(spot),
        )
    assert seen == target.outcome, said
    assert target.error in said


def test_the_page_has_the_table_of_the_declarations() -> None:
    assert page.main(["--check"]) == 0


@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.title)
def test_the_pins_have_the_release_that_the_table_names(target: Target) -> None:
    pins = (PINS / f"{target.name}.txt").read_text(encoding="utf-8").splitlines()
    assert f"{target.name}=={target.version}" in pins
