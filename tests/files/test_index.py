"""The index asks for one file after the other, and for all names at once where most are new."""

from __future__ import annotations

import uuid
from pathlib import Path

import msgspec
import pytest

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import (
    Entry,
    Found,
    Index,
    content_path,
    plan_pruning,
    prune,
)

CONTENTS = [content_path(text * 32, ".pdf") for text in ("ab", "cd")]
NOTHING = Found({}, ())


def entry(attachment: str, content: int = 0, candidate: str = "1") -> Entry:
    return Entry(
        candidate=candidate,
        attachment=attachment,
        described="2:x",
        path=CONTENTS[content],
        sha256=CONTENTS[content][3:67],
        size=3,
    )


@pytest.fixture(params=["folder", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    where = str(tmp_path / "files") if request.param == "folder" else f"memory://{uuid.uuid4()}"
    store = open_store(where)
    for path in CONTENTS:
        store.write(path, b"PDF")
    return Index(store, "tenant")


@pytest.mark.parametrize("misses", [1, 7, 8, 9, 100])
def test_what_is_there_is_found_however_much_was_missing_before(index: Index, misses: int) -> None:
    before = Index(index.store, "tenant")
    before.put("old", [entry("1")])
    for number in range(misses):
        assert index.find(f"new-{number}", {"1": f"one-{number}"}) == NOTHING
    assert index.find("old", {"1": "one"}).entries == {"1": entry("1")}
    index.put("new-0", [entry("2"), entry("3", 1)])
    assert index.find("new-0", {"3": "three"}).entries == {"3": entry("3", 1)}
    index.put("old", [])
    assert index.find("old", {"1": "one"}) == NOTHING
    index.put("old", [entry("1")])
    assert index.find("old", {"1": "one"}).entries == {"1": entry("1")}


def test_what_has_lost_its_content_is_not_known(index: Index) -> None:
    index.put("candidate", [entry("1"), entry("2", 1)])
    index.store.delete(CONTENTS[1])
    assert index.find("candidate", {"1": "one", "2": "two"}).entries == {"1": entry("1")}


def test_what_another_tenant_has_is_not_known(index: Index) -> None:
    index.put("candidate", [entry("1")])
    assert Index(index.store, "other").find("candidate", {"1": "one"}) == NOTHING


def test_a_file_for_each_attachment_of_an_older_version_is_read_and_replaced(index: Index) -> None:
    index.store.write("index/tenant/one.json", msgspec.json.encode(entry("1")))
    found = index.find("candidate", {"1": "one", "2": "two"})
    assert found == Found({"1": entry("1")}, ("one",))
    index.put("candidate", [entry("1"), entry("2", 1)], found.singles)
    assert index.store.names("index/tenant") == ["candidate.json"]


def test_pruning_takes_entries_out_of_their_file_and_contents_that_nobody_needs(
    index: Index,
) -> None:
    index.put("candidate", [entry("1"), entry("2", 1)])
    index.put("gone", [entry("3", 1, candidate="9")])
    Index(index.store, "other").put("candidate", [entry("1")])
    found = plan_pruning(index.store, "tenant", lambda one: one.attachment == "1")
    assert (found.contents, found.gone, found.kept) == ((CONTENTS[1],), 2, 1)
    prune(index.store, found)
    assert index.find("candidate", {"1": "one", "2": "two"}).entries == {"1": entry("1")}
    assert index.store.names("index/tenant") == ["candidate.json"]
    assert plan_pruning(index.store, "tenant", lambda _: False).contents == ()
