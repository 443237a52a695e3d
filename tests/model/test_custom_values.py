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
        ({"A": [], "B": {}}, {"A": None, "B": None}, {}),
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
)
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
