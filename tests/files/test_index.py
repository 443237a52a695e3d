"""The index asks for one entry after the other, and for all names at once where most are new."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from tap_compleetpersy.files.index import Entry, Index, content_path
from tap_compleetpersy.files.opening import open_store

CONTENT = content_path("ab" * 32, ".pdf")
ENTRY = Entry(
    candidate="1", attachment="1", described="2:x", path=CONTENT, sha256="ab" * 32, size=3
)


@pytest.fixture(params=["folder", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    where = str(tmp_path / "files") if request.param == "folder" else f"memory://{uuid.uuid4()}"
    store = open_store(where)
    store.write(CONTENT, b"PDF")
    return Index(store, "tenant")


@pytest.mark.parametrize("misses", [1, 15, 16, 17, 100])
def test_what_is_there_is_found_however_much_was_missing_before(index: Index, misses: int) -> None:
    before = Index(index.store, "tenant")
    before.put("old", ENTRY)
    assert [index.find(f"new-{number}") for number in range(misses)] == [None] * misses
    assert index.find("old") == ENTRY
    index.put("new-0", replace_candidate("2"))
    assert index.find("new-0") == replace_candidate("2")
    index.forget("old")
    assert index.find("old") is None
    index.put("old", ENTRY)
    assert index.find("old") == ENTRY


def test_an_entry_of_another_tenant_is_none(index: Index) -> None:
    index.put("one", ENTRY)
    assert replace(index, tenant="other").find("one") is None


def replace_candidate(candidate: str) -> Entry:
    return Entry(
        candidate=candidate,
        attachment="1",
        described="2:x",
        path=CONTENT,
        sha256="ab" * 32,
        size=3,
    )
