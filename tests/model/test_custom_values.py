from __future__ import annotations

import typing as t

import pytest

Json = dict[str, t.Any]
Read = t.Any


@pytest.mark.parametrize(
    ("container", "custom", "labels"),
    [
        ({"A": "1"}, {"A": "1"}, {}),
        ([{"@name": "A", "#text": "1"}, {"@name": "B"}], {"A": "1", "B": None}, {}),
        ({"@name": "A", "#text": "1"}, {"A": "1"}, {}),
        ({"Field": [{"@name": "A", "#text": "1"}]}, {"A": "1"}, {}),
        ({"CustomField": {"Id": 5, "Value": 1}}, {"5": 1}, {}),
        ([{"@attributes": {"name": "A"}, "#text": "1"}], {"A": "1"}, {}),
        ([{"Key": "A", "Label": "Ein A", "Value": [1, 2]}], {"A": [1, 2]}, {"A": "Ein A"}),
        ([{"Key": "A", "Name": "Ein A", "Value": 1}], {"A": 1}, {"A": "Ein A"}),
        ([{"field": "A", "value": 1}, {"feld": "B", "wert": 2}], {"A": 1, "B": 2}, {}),
        ([{"name": "A", "label": "Ein A", "val": 1}], {"A": 1}, {"A": "Ein A"}),
        ([{"frage": "Umzug?", "antwort": "ja"}], {"Umzug?": "ja"}, {}),
        ([{"label": "A", "val": 1}, {"Bezeichnung": "B", "Wert": 2}], {"A": 1, "B": 2}, {}),
        ([{"fragetext": "A", "antworttext": 1}, {"feld_label": "B", "feld_wert": 2}],
         {"A": 1, "B": 2}, {}),
        ([{"field": {"id": "x", "name": "A"}, "value": 1}], {"A": 1}, {}),
        ([{"Sprachname": "A", "Niveau": 1}], {"Sprachname": "A", "Niveau": 1}, {}),
        ([{"Name": "A", "Label": "A", "Value": 1}], {"A": 1}, {}),
        ({"A": {"Label": "Ein A", "Value": "x"}}, {"A": "x"}, {"A": "Ein A"}),
        ([{"A": 1}, {"B": 2}], {"A": 1, "B": 2}, {}),
        ([{"A": 1}, {"A": 2}], {"A": [1, 2]}, {}),
        ([{"A": [1, 2]}, {"A": 3}], {"A": [1, 2, 3]}, {}),
        ([{"A": ""}, {"A": 3}], {"A": 3}, {}),
        ({"@xmlns": "urn:x", "A": 1}, {"A": 1}, {}),
        ({"A": {"#text": " M&uuml;nchen\x00 ", "@lang": "de"}}, {"A": "München"}, {}),
        ({"A": {"B": "", "C": [{"D": " 1 "}]}}, {"A": {"B": None, "C": [{"D": "1"}]}}, {}),
        ({"A": ""}, {"A": None}, {}),
        ({"A": [], "B": None}, {"A": None, "B": None}, {}),
        ({"A": {"0": "42.000"}}, {"A": "42.000"}, {}),
        ({"A": {"0": "de", "1": "pl"}}, {"A": ["de", "pl"]}, {}),
        ({"A": {"1": "de"}}, {"A": ["de"]}, {}),
        ({"A": {"#": "x", "@lang": "de"}}, {"A": "x"}, {}),
        ({"A": {"_": "x", "$": {"lang": "de"}}}, {"A": "x"}, {}),
        ({"A": {"_text": "x", "_attributes": {"lang": "de"}}}, {"A": "x"}, {}),
        ({"A": {"__text": "x", "_lang": "de"}}, {"A": "x"}, {}),
        ({"A": {"#text": "\n  ", "#cdata-section": "x"}}, {"A": "x"}, {}),
        ({"A": {"#text": "x", "_cdata": "y"}}, {"A": {"#text": "x", "_cdata": "y"}}, {}),
        ({"A": {"AnyDate": "2026-11-02"}}, {"A": "2026-11-02"}, {}),
        ({"0": {"Key": "A", "Value": 1}, "2": {"Key": "B", "Value": 2}}, {"A": 1, "B": 2}, {}),
        ({"0": {"A": 1}, "2": {"B": 2}}, {"A": 1, "B": 2}, {}),
        ({"Field": {"0": {"@name": "A", "#": "1"}, "3": {"@name": "B", "#": "2"}}},
         {"A": "1", "B": "2"}, {}),
        ([{"$": {"name": "A"}, "_": "1"}], {"A": "1"}, {}),
        ({"Field": {"@name": "A", "#": "1"}}, {"A": "1"}, {}),
        ({"Property": {"@attributes": {"name": "A"}, "0": "1"}}, {"A": "1"}, {}),
        ([{"Key": {"0": "A"}, "Label": {"@n": "1", "#": "Ein A"}, "Value": {"0": "1"}}],
         {"A": "1"}, {"A": "Ein A"}),
        ({"12": "x", "14": "y"}, {"12": "x", "14": "y"}, {}),
        ({"12": {"Label": "Größe", "Value": 1}}, {"12": 1}, {"12": "Größe"}),
        ({"A": 1, "0": 1, "B": "x", "1": "x"}, {"A": 1, "B": "x"}, {}),
        ({"A": 1, "comment": {}}, {"A": 1}, {}),
        ({"0": {"Label": "A", "Value": 1}, "2": {"Label": "B", "Value": 2}}, {"A": 1, "B": 2}, {}),
        ([{"Name": "A", "0": "A", "Wert": "x", "1": "x"}], {"A": "x"}, {}),
        ([{"Name": "A", "Wert": "x", "comment": {}}], {"A": "x"}, {}),
        ([{"Name": ["A"], "Label": [{"_": "Ein A"}], "Wert": "x"}], {"A": "x"}, {"A": "Ein A"}),
        ({"Größe": 1, "größe": 2}, {"Größe": 1, "größe": 2}, {}),
        ({"A.b": 1, "Ort [alt]": 2, "🙂": 3}, {"A.b": 1, "Ort [alt]": 2, "🙂": 3}, {}),
        ({"A": True, "B": 1.5, "C": 2**70}, {"A": True, "B": 1.5, "C": str(2**70)}, {}),
        ({"A": float("nan"), "B": [float("inf")]}, {"A": None, "B": [None]}, {}),
        ({"Name": "x", "Alter": 3}, {"Name": "x", "Alter": 3}, {}),
        ({"Field": "x"}, {"Field": "x"}, {}),
        ("", {}, {}),
        ([], {}, {}),
    ],
    ids=repr,
)  # fmt: skip
def test_containers_of_custom_fields(
    read: Read, container: object, custom: Json, labels: dict[str, str]
) -> None:
    for name in ("UserArea", "CustomFields", "custom_fields", "hr:UserArea"):
        candidate = read({"Id": 1, name: container})
        assert candidate.custom == custom
        assert candidate.labels == labels
        assert candidate.doubts == ()


def test_what_no_path_claims_at_the_top_is_custom(read: Read) -> None:
    record = {
        "Id": 1,
        "@xmlns:hr": "urn:x",
        "Vorname": "Jo",
        "Schuhgröße": 43,
        "Hobbys": ["Rudern"],
        "Haustier": {"Name": "Rex"},
        "Resume": {"Text": "…"},
        "UserArea": {"Schuhgröße": 44},
    }
    assert read(record).custom == {
        "Schuhgröße": [44, 43],
        "Hobbys": ["Rudern"],
        "Haustier": {"Name": "Rex"},
    }
