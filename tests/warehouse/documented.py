"""The page of warehouses as users read it."""

from __future__ import annotations

import re

from tests.meltano import ROOT

PAGE = (ROOT / "docs" / "warehouses.md").read_text(encoding="utf-8")
COLUMNS = ("PostgresWarehouse", "DuckWarehouse", "ParquetWarehouse")


def types_in(warehouse: str, stream: str) -> dict[str, str]:
    """Answer the types that the page gives the columns of a stream in a warehouse."""
    (section,) = re.findall(r"<!-- types -->\n(.*?)<!-- /types -->", PAGE, re.DOTALL)
    types: dict[str, str] = {}
    for line in section.splitlines()[2:]:
        streams, names, *kinds = [cell.strip() for cell in line.strip("|").split("|")]
        if stream in streams.split(", "):
            kind = kinds[COLUMNS.index(warehouse)]
            types |= dict.fromkeys(re.findall(r"`(\w+)`", names), kind)
    return types
