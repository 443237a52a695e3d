"""The table of stores in the documentation says what is tested, and nothing else."""

from __future__ import annotations

import re

from tests.stores.servers import ROOT, STORES


def test_each_row_of_the_table_is_tested_and_each_test_is_in_the_table() -> None:
    text = (ROOT / "docs/attachments.md").read_text(encoding="utf-8")
    _, _, table = text.partition("## Stores")
    rows = [line for line in table.partition("## ")[0].splitlines() if line.startswith("| ")]
    named = [re.split(r"[(:]", row.strip("| ").split(" | ")[-1])[0] for row in rows[1:]]
    assert {name.strip() for each in named for name in each.split(",")} == {*STORES}
