from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.custom_types import collisions, column_map, column_name


@pytest.mark.parametrize(
    ("keys", "groups"),
    [
        (["Größe", "größe"], [("Größe", "größe")]),
        (["A b", "x", "a_b", "a.B"], [("A b", "a_b", "a.B")]),
        (["Straße", "STRASSE"], [("Straße", "STRASSE")]),
        (["a", "a"], []),
        (["Gehalt", "Gehaltswunsch"], []),
    ],
)
def test_which_keys_collide(keys: list[str], groups: list[tuple[str, ...]]) -> None:
    assert collisions(keys) == groups


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Größe", "groesse"),
        ("Ort [alt]", "ort_alt"),
        ("Crème brûlée", "creme_brulee"),
        ("A.b", "a_b"),
        ("李", "field"),
    ],
)
def test_names_of_columns(key: str, name: str) -> None:
    assert column_name(key) == name


def test_a_map_that_parts_them() -> None:
    types = {
        "Größe": "string",
        "größe": "integer",
        "Note": "number",
        "Ja's": "boolean",
        "Liste": "array of string",
        "id": "date",
    }
    assert column_map(types, ["custom_id"]) == {
        "custom_groesse": "(custom_fields or {}).get('Größe')",
        "custom_groesse_2": "int((custom_fields or {}).get('größe')) "
        "if (custom_fields or {}).get('größe') is not None else None",
        "custom_note": "float((custom_fields or {}).get('Note')) "
        "if (custom_fields or {}).get('Note') is not None else None",
        "custom_ja_s": 'bool((custom_fields or {}).get("Ja\'s")) '
        'if (custom_fields or {}).get("Ja\'s") is not None else None',
        "custom_liste": "json.dumps((custom_fields or {}).get('Liste'), ensure_ascii=False) "
        "if (custom_fields or {}).get('Liste') is not None else None",
        "custom_id_2": "datetime.date.fromisoformat((custom_fields or {}).get('id')) "
        "if (custom_fields or {}).get('id') is not None else None",
        "custom_fields": "__NULL__",
    }


def test_long_names_are_cut_to_what_postgresql_takes() -> None:
    columns = list(column_map({"x" * 100: "string", "x" * 101: "string"}))
    assert [len(name) for name in columns[:2]] == [63, 63]
    assert columns[0][:61] + "_2" == columns[1]


@given(st.lists(st.text(max_size=5), unique=True))
def test_in_the_map_nothing_collides(keys: list[str]) -> None:
    columns = column_map(dict.fromkeys(keys, "string"))
    assert len(columns) == len(keys) + 1
    assert collisions(columns) == []
