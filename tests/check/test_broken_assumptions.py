"""Each assumption, broken: the verdict, the setting, and that the setting mends it."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tap_compleetpersy.check.budgeted_client import MOST_REQUESTS
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.check.conftest import Checked, Run, ids_read
from tests.check.scenarios import BROKEN, HOLDING, Values
from tests.thinning import thinned

NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def check_and_mend(
    run: Run, folder: Path, options: Mapping[str, t.Any], given: Values
) -> tuple[Checked, list[str], list[str]]:
    """Check, and answer also the ids that the written settings read, and those there are."""
    with running(Options(**{"candidates": 45, "seed": 7, "now": NOW, **options})) as sandbox:
        config = {"api_url": sandbox.url, "api_key": sandbox.api_key, "page_size": 20, **given}
        target = folder / "found.json"
        checked = run(config, "--format", "json", "--write-config", str(target))
        assert len(sandbox.requests) <= MOST_REQUESTS
        assert f"Requests: {len(sandbox.requests)}." in checked.stderr
        found = json.loads(target.read_text(encoding="utf-8"))
        read = ids_read({**found, "api_key": sandbox.api_key})
        return checked, read, [*sandbox.store.select()]


@pytest.mark.parametrize(("options", "given"), thinned(HOLDING.values(), 3), ids=HOLDING)
def test_settings_that_fit_are_left_alone(
    run: Run, tmp_path: Path, options: Values, given: Values
) -> None:
    checked, read, there = check_and_mend(run, tmp_path, options, given)
    assert checked.failing() == {}
    assert checked.exit_code == 0
    assert read == there


@pytest.mark.parametrize(
    ("options", "given", "failing", "loses_data"), thinned(BROKEN.values(), 3), ids=BROKEN
)
def test_a_broken_assumption_names_the_setting_that_mends_it(  # noqa: PLR0913 - a table
    run: Run,
    tmp_path: Path,
    options: Values,
    given: Values,
    failing: dict[str, Values],
    loses_data: bool,
) -> None:
    checked, read, there = check_and_mend(run, tmp_path, options, given)
    assert checked.failing() == failing
    assert checked.findings["pagination"]["verdict"] != "cannot tell"
    assert checked.exit_code == (1 if loses_data else 0)
    assert read == there
