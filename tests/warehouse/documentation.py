"""The pages about recipes and warehouses, as users read them."""

from __future__ import annotations

import json
import re
import typing as t

from tests.meltano import ROOT

WAREHOUSES = ("PostgresWarehouse", "DuckWarehouse", "ParquetWarehouse")
"""The columns of the table of types."""

RECIPES = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "warehouses.md").read_text(encoding="utf-8")


def block(heading: str, language: str = "json") -> str:
    """Return the first block of code under a heading."""
    section = RECIPES.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def recipe(heading: str) -> dict[str, t.Any]:
    """Return the settings of a recipe."""
    return t.cast("dict[str, t.Any]", json.loads(block(heading)))


def recipes() -> list[dict[str, t.Any]]:
    """Return the settings of all recipes."""
    return [json.loads(found) for found in re.findall(r"```json\n(.*?)```", RECIPES, re.DOTALL)]


def types_in(warehouse: str, stream: str) -> dict[str, str]:
    """Return the types that the page gives the columns of a stream in a warehouse."""
    (section,) = re.findall(r"<!-- types -->\n(.*?)<!-- /types -->", PAGE, re.DOTALL)
    types: dict[str, str] = {}
    for line in section.splitlines()[2:]:
        streams, names, *kinds = [cell.strip() for cell in line.strip("|").split("|")]
        if stream in streams.split(", "):
            kind = kinds[WAREHOUSES.index(warehouse)]
            types |= dict.fromkeys(re.findall(r"`(\w+)`", names), kind)
    return types
