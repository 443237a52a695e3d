from __future__ import annotations

import pytest
import yaml

from tap_compleetpersy.explorer.catalog import UnknownFieldError, select_lines, split_names

CUSTOM = ["Gehaltswunsch", "Sprachen", "A.b", "Ort [alt]", "O'Neil", "A-b"]


def selected(*wanted: str) -> list[str]:
    patterns: list[str] = yaml.safe_load("\n".join(select_lines(wanted, CUSTOM)))["select"]
    return patterns


def test_only_the_wanted_custom_fields() -> None:
    patterns = selected("Gehaltswunsch", "O'Neil")
    assert [p for p in patterns if ".custom_fields" in p] == [
        "candidates.custom_fields.Gehaltswunsch",
        "candidates.custom_fields.Gehaltswunsch.*",
        "candidates.custom_fields.O'Neil",
        "candidates.custom_fields.O'Neil.*",
    ]
    assert {"jobs.*", "applications.*", "candidates.first_name"} <= set(patterns)
    assert "candidates.location.*" in patterns


def test_only_the_wanted_fixed_fields_if_any_is_named() -> None:
    assert selected("company", "Sprachen") == [
        "jobs.*",
        "applications.*",
        "candidates.changed_at",
        "candidates.remote_deleted_at",
        "candidates.remote_id",
        "candidates.company",
        "candidates.integration_fields",
        "candidates.custom_fields.Sprachen",
        "candidates.custom_fields.Sprachen.*",
    ]


def test_what_no_pattern_can_quote_is_any_character() -> None:
    lines = select_lines(["Ort [alt]", "A.b"], CUSTOM)
    assert "- 'candidates.custom_fields.Ort ?alt?'" in lines
    assert "- 'candidates.custom_fields.A?b'" in lines
    assert "# This matches 'A-b' too: name it in exclude_fields." in lines


def test_unknown_fields_are_named() -> None:
    with pytest.raises(UnknownFieldError, match="'Gehalt'"):
        select_lines(["Sprachen", "Gehalt"], CUSTOM)


def test_names_may_be_separated_by_commas_unless_a_key_has_one() -> None:
    assert split_names(["a, b", "c"], []) == ["a", "b", "c"]
    assert split_names(["a, b", "c"], ["a, b"]) == ["a, b", "c"]
