"""What docs/extra-streams.md shows can be used as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.settings.extra_streams import OVERRIDABLE

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "extra-streams.md").read_text(encoding="utf-8")


def test_the_definitions_are_good() -> None:
    found = re.search(r"<!-- definitions -->\n```json\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    definitions = json.loads(found[1])
    extras = read_settings({"extra_streams": definitions}).extra_streams
    assert [(extra.name, extra.is_child) for extra in extras] == [
        ("branches", False),
        ("notes", True),
    ]


def test_every_setting_of_a_definition_is_named() -> None:
    section = TEXT.split("## A definition")[1].split("## Records")[0]
    known = {*OVERRIDABLE, "name", "path", "primary_keys", "replication_key", "params"}
    assert known <= set(re.findall(r"`(\w+)`", section))
