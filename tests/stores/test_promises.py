"""Real servers of every kind, held to the same promises."""

from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from typing_extensions import override

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.remote import Remote
from tap_compleetpersy.files.store import Store, StoreError
from tests.stores.conftest import prepare
from tests.stores.servers import Options, Place, free_port

# Drivers leave connections to the end of the process.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

CONTENT = b"%PDF-1.7 Lebenslauf " * 5_000
PATH = "ab/abcdef.pdf"
SILENCE = 30


def opened(place: Place, url: str | None = None, options: Options | None = None) -> Store:
    return open_store(
        place.url if url is None else url, place.options if options is None else options, SILENCE
    )


def receive(store: Store, content: bytes, path: str) -> None:
    with store.receiving() as incoming:
        incoming.write(content)
        incoming.keep(path)


def failure(place: Place, url: str, options: Options, silence: float = SILENCE) -> str:
    """Return what is said when a document cannot be stored."""
    prepare(place)
    with pytest.raises(StoreError) as raised:
        receive(open_store(url, options, silence), b"%PDF", PATH)
    text = str(raised.value)
    assert text.startswith("attachments_dir: ")
    assert not any(secret in text for secret in place.secrets)
    return text


def test_documents_and_entries_are_written_replaced_listed_and_removed(place: Place) -> None:
    store = opened(place)
    assert store.read("index/t/1.json") is None
    assert store.size(PATH) is None
    assert store.names("") == store.names("ab") == []
    store.write("index/t/1.json", b"{}")
    store.write("index/t/1.json", b'{"a":1}')
    receive(store, b"before", PATH)
    receive(store, CONTENT, PATH)
    another = opened(place)
    assert another.read("index/t/1.json") == b'{"a":1}'
    assert another.size(PATH) == len(CONTENT)
    assert sha256(another.read(PATH) or b"").digest() == sha256(CONTENT).digest()
    assert another.read(PATH, 70_000) == CONTENT[:70_000]
    assert another.read(PATH, len(CONTENT) + 1) == CONTENT
    assert another.read("ab/none.pdf", 70_000) is None
    assert another.names("") == ["ab", "index"]
    assert another.names("index/t") == ["1.json"]
    assert another.location(PATH) == (
        f"{place.url}/{PATH}" if isinstance(store, Remote) else f"{_path(place)}/{PATH}"
    )
    another.delete(PATH)
    another.delete(PATH)
    assert store.size(PATH) is None


def _path(place: Place) -> str:
    return place.url.partition("://")[2]


@pytest.mark.full
def test_four_threads_store_at_the_same_time(place: Place) -> None:
    store = opened(place)
    meeting = threading.Barrier(4)

    def work(own: int) -> None:
        meeting.wait()
        for number in range(3):
            receive(store, CONTENT[own:], f"a{number}/{own}.pdf")
            store.write(f"index/t/{own}-{number}.json", b"{}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert [store.size(f"a2/{own}.pdf") for own in range(4)] == [
        len(CONTENT) - own for own in range(4)
    ]
    assert len(store.names("index/t")) == 12
    assert store.names("") == ["a0", "a1", "a2", "index"]


@pytest.mark.full
def test_the_same_content_at_the_same_time_is_there_once(place: Place) -> None:
    store = opened(place)
    meeting = threading.Barrier(4, timeout=SILENCE)

    def work(_: int) -> None:
        for number in range(5):
            meeting.wait()
            receive(store, CONTENT, f"ab/{number}.pdf")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert store.names("") == ["ab"]
    assert [store.size(f"ab/{number}.pdf") for number in range(5)] == [len(CONTENT)] * 5


class Breaking(io.BytesIO):
    """A file that cannot be read to its end."""

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            message = "it broke"
            raise OSError(message)
        return super().read(len(CONTENT) // 2)


def test_what_breaks_in_the_middle_leaves_no_name(place: Place) -> None:
    store = opened(place)
    if isinstance(store, Remote) and not place.clouds:
        with pytest.raises(StoreError, match="attachments_dir: an upload failed"):
            store.upload(Breaking(CONTENT), PATH)
    else:
        with store.receiving() as incoming:
            incoming.write(CONTENT)
    assert store.names("ab") == []
    assert store.names("") in ([], ["ab"])


@pytest.mark.full
def test_what_a_killed_run_left_is_removed_a_day_later(place: Place) -> None:
    store, now = opened(place), int(time.time())
    old, new = (f"partial-{now - 3600 * hours:x}-0123456789abcdef" for hours in (25, 23))
    other = "partial-notes.txt"
    for name in (old, new, other):
        store.write(name, b"half a")
    left = opened(place).names("")
    is_ours = isinstance(store, Remote) and not place.clouds
    assert left == sorted([new, other] if is_ours else [old, new, other])


def test_a_wrong_password_is_a_login_that_was_refused(place: Place) -> None:
    if place.wrong is None:
        assert not place.secrets, "a store that knows a password refuses others"
        return
    assert "the login was refused. Check the credentials" in failure(place, place.url, place.wrong)


def test_who_may_only_read_is_told_so(place: Place) -> None:
    if place.read_only is None:
        assert not place.secrets, "a store that knows users knows one who may only read"
        return
    said = failure(place, *place.read_only)
    assert "it is not allowed there" in said or "nor can it be made" in said


def test_a_missing_folder_is_made_and_a_missing_bucket_or_share_is_named(place: Place) -> None:
    if place.missing is None:
        store = opened(place, f"{place.url}/not/yet/there")
        receive(store, CONTENT, PATH)
        assert store.size(PATH) == len(CONTENT)
    else:
        said = failure(place, place.missing, place.options)
        assert "the folder, share or bucket is not there" in said


def test_a_host_that_is_not_reached_is_named_within_the_time_that_is_set(place: Place) -> None:
    if place.port is None:
        assert place.url.startswith(("local://", "memory://"))
        return
    nobody = place.through(free_port())
    said = failure(place, nobody.url, nobody.options, silence=3)
    assert "the host was not reached" in said or "did not answer within 3 s" in said
    assert "Check its" in said
