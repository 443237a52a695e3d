"""`docs/wire.md` names the settings that its assumptions are."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from tap_compleetpersy.settings import Settings
from tap_compleetpersy.settings.declaration import about

ROOT = Path(__file__).parents[2]

TEXT = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
ASSUMED = TEXT.split("## Assumed")[1].split("## How")[0]


def test_every_assumption_is_a_setting() -> None:
    fields = {field.name: about(field) for field in dataclasses.fields(Settings)}
    named = {
        name
        for row in re.findall(r"^\| [^|]+ \| .+ \| (.+) \|$", ASSUMED, re.MULTILINE)[1:]
        for name in re.findall(r"`(\w+)`", row)
    }
    assert named <= fields.keys()
    assert len(named) > 10
    access = {"username"}
    assert all(fields[name].unverified for name in named - access)
