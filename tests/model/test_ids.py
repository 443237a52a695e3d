from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.ids import application_remote_id, generated_id

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("account", "stream", "remote_id", "expected"),
    [
        ("", "candidates", "4711", "d6439663-ba40-5069-8972-325d896cb996"),
        ("", "jobs", "88", "5100764b-af02-543b-a897-3fa5fb3a6871"),
        ("", "applications", "4711/88", "b981bdbf-78e0-53e8-b6f9-275a9a2f00f4"),
        ("münchen", "candidates", "007", "4c04a6b4-e4b4-52ef-8b56-429a55f80f63"),
    ],
)
def test_ids_never_change(account: str, stream: str, remote_id: str, expected: str) -> None:
    assert generated_id(account, stream, remote_id) == expected


@given(TEXT, TEXT, TEXT)
def test_an_id_is_the_uuid5_of_a_json_array(account: str, stream: str, remote_id: str) -> None:
    text = json.dumps([account, stream, remote_id], ensure_ascii=False, separators=(",", ":"))
    assert generated_id(account, stream, remote_id) == str(uuid.uuid5(uuid.NAMESPACE_URL, text))


@pytest.mark.parametrize(
    ("candidate", "opening", "expected"),
    [
        ("4711", "88", "4711/88"),
        ("a/b", "c d", "a%2Fb/c%20d"),
        ("ä", "100%", "%C3%A4/100%25"),
    ],
)
def test_the_remote_id_of_an_application(candidate: str, opening: str, expected: str) -> None:
    assert application_remote_id(candidate, opening) == expected


def test_pairs_of_ids_never_collide() -> None:
    assert application_remote_id("a/b", "c") != application_remote_id("a", "b/c")
