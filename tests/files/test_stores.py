"""A folder and object stores, held to the same promises."""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.store import Store, StoreError

CONTENT = b"Lebenslauf " * 10_000
PATH = "ab/abcdef.pdf"


@pytest.fixture(params=["folder", "memory", "s3"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "folder":
        return str(tmp_path / "files")
    if request.param == "memory":
        return f"memory://{uuid.uuid4()}"
    for name, value in request.getfixturevalue("s3").items():
        monkeypatch.setenv(name, value)
    return f"s3://attachments/{uuid.uuid4()}"


@pytest.fixture
def store(where: str) -> Store:
    return open_store(where)


def receive(store: Store, content: bytes, path: str) -> None:
    with store.receiving() as incoming:
        incoming.write(content)
        incoming.keep(path)


def test_a_file_is_received_in_pieces_hashed_and_kept(store: Store) -> None:
    with store.receiving() as incoming:
        incoming.write(b"something else")
        incoming.restart()
        for start in range(0, len(CONTENT), 7_000):
            incoming.write(CONTENT[start : start + 7_000])
        assert incoming.size == len(CONTENT)
        assert incoming.sha256 == sha256(CONTENT).hexdigest()
        assert store.size(PATH) is None
        incoming.keep(PATH)
    assert store.size(PATH) == len(CONTENT)
    assert store.read(PATH) == CONTENT


def test_what_was_received_is_freed_at_once(store: Store) -> None:
    with store.receiving() as incoming:
        incoming.write(CONTENT)
        incoming.keep(PATH)
    left = weakref.ref(incoming)
    del incoming
    assert left() is None


def test_what_is_not_kept_is_gone(store: Store) -> None:
    with store.receiving() as incoming:
        incoming.write(CONTENT)
    assert store.names("") == []


def test_a_file_takes_the_place_of_another(store: Store) -> None:
    receive(store, b"before", PATH)
    receive(store, b"after", PATH)
    assert store.read(PATH) == b"after"


def test_names_are_sorted_and_of_one_folder(store: Store) -> None:
    for path in ("b/2", "b/1", "a/1"):
        receive(store, b"x", path)
    assert store.names("") == ["a", "b"]
    assert store.names("b") == ["1", "2"]
    assert store.names("c") == []


def test_small_files_are_written_and_read_whole(store: Store) -> None:
    assert store.read("index/x.json") is None
    store.write("index/x.json", b"{}")
    store.write("index/x.json", b'{"a":1}')
    assert store.read("index/x.json") == b'{"a":1}'


def test_deleting_twice_is_deleting(store: Store) -> None:
    receive(store, b"x", PATH)
    store.delete(PATH)
    store.delete(PATH)
    assert store.size(PATH) is None


def test_a_location_is_the_setting_and_the_path(store: Store, where: str) -> None:
    assert store.location(PATH) == f"{where}/{PATH}"


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/files")
    receive(store, b"x", PATH)
    assert (tmp_path / "files" / PATH).read_bytes() == b"x"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("nosuch://x", "attachments_dir: "),
        ("oss://bucket/x", "attachments_dir: the driver of this URL is not installed"),
    ],
)
def test_a_driver_that_is_not_there(where: str, expected: str) -> None:
    with pytest.raises(StoreError, match=expected):
        open_store(where)


@pytest.mark.parametrize("where", ["s3"], indirect=True)
def test_a_bucket_that_is_not_there(where: str) -> None:
    store = open_store(where.replace("attachments", "nowhere"))
    with pytest.raises(StoreError, match="attachments_dir: an upload failed"):
        receive(store, b"x", PATH)


class TestFolder:
    def test_everything_is_private(self, tmp_path: Path) -> None:
        receive(open_store(str(tmp_path / "files")), b"x", PATH)
        modes = {
            path.name: path.stat().st_mode & 0o777
            for path in [tmp_path / "files", *(tmp_path / "files").rglob("*")]
        }
        assert modes == {"files": 0o700, "ab": 0o700, "abcdef.pdf": 0o600}

    def test_no_link_leads_out(self, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "abcdef.pdf").write_bytes(b"not ours")
        store = open_store(str(tmp_path / "files"))
        (tmp_path / "files" / "ab").symlink_to(outside)
        with pytest.raises(StoreError, match="Not a directory"):
            receive(store, b"x", PATH)
        store.delete(PATH)
        assert store.size(PATH) is None
        assert store.read(PATH) is None
        assert store.names("ab") == []
        assert (outside / "abcdef.pdf").read_bytes() == b"not ours"

    def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(self, tmp_path: Path) -> None:
        outside = tmp_path / "outside.pdf"
        outside.write_bytes(b"not ours")
        store = open_store(str(tmp_path / "files"))
        (tmp_path / "files" / "ab").mkdir()
        (tmp_path / "files" / PATH).symlink_to(outside)
        assert store.read(PATH) is None
        receive(store, b"x", PATH)
        assert outside.read_bytes() == b"not ours"
        assert (tmp_path / "files" / PATH).read_bytes() == b"x"

    def test_it_may_be_reached_through_a_link_itself(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        receive(open_store(str(tmp_path / "link")), b"x", PATH)
        assert (tmp_path / "real" / PATH).read_bytes() == b"x"

    def test_a_file_in_its_place_is_one_clear_line(self, tmp_path: Path) -> None:
        (tmp_path / "files").write_bytes(b"")
        with pytest.raises(StoreError, match=r"^attachments_dir: .* cannot be used: File exists$"):
            open_store(str(tmp_path / "files"))

    def test_where_files_need_a_name_it_says_that_they_are_not_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr("os.O_TMPFILE")
        store = open_store(str(tmp_path))
        with store.receiving() as incoming:
            incoming.write(b"x")
            (name,) = store.names("")
            assert name.startswith(".partial-")
            incoming.keep(PATH)
        assert store.names("") == ["ab"]

    def test_what_a_killed_run_left_is_removed_a_day_later(
        self, tmp_path: Path, touch: Callable[[Path, float], None]
    ) -> None:
        old, new = tmp_path / ".partial-old", tmp_path / ".partial-new"
        for path, hours in ((old, 25.0), (new, 23.0)):
            path.write_bytes(b"half a")
            touch(path, hours)
        open_store(str(tmp_path))
        assert [path.name for path in tmp_path.iterdir()] == [".partial-new"]


@pytest.fixture
def touch() -> Callable[[Path, float], None]:
    """Make a file so many hours old."""
    import os  # noqa: PLC0415
    import time  # noqa: PLC0415

    def make_older(path: Path, hours: float) -> None:
        moment = time.time() - 3600 * hours
        os.utime(path, (moment, moment))

    return make_older
