"""The recipes as users read them."""

from __future__ import annotations

import json
import re
import typing as t

from tests.meltano import ROOT

RECIPES = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")


def block(heading: str, language: str = "json") -> str:
    """Answer the first block of code under a heading."""
    section = RECIPES.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def recipe(heading: str) -> dict[str, t.Any]:
    """Answer the settings of a recipe."""
    return t.cast("dict[str, t.Any]", json.loads(block(heading)))


def recipes() -> list[dict[str, t.Any]]:
    """Answer the settings of all recipes."""
    return [json.loads(found) for found in re.findall(r"```json\n(.*?)```", RECIPES, re.DOTALL)]
