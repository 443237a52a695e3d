"""The soak itself, for some seconds; `make soak` takes half an hour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tests.soak.resources import growth
from tests.soak.soaking import soak_for, soaking


@pytest.mark.full
def test_nothing_adds_up_and_the_warehouse_equals_its_source(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    options = Options(candidates=60, seed=3, chaos=0.05)
    with soaking(tmp_path, options) as soak:
        soak_for(5, soak, 0.5, tell=lambda _: None)
        record_property("runs", soak.runs)
        record_property("edits", soak.edits)


def test_growth_is_seen() -> None:
    assert growth([10, 11, 10, 11, 10, 11]) <= 1.1
    assert growth([10, 11, 12, 13, 14, 15]) > 1.1
