"""Kills in the middle of an upload: no name is ever that of a part."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import typing as t
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import content_path, contents
from tap_compleetpersy.files.store import Store
from tests.stores.gate import gate
from tests.stores.servers import ROOT, Place
from tests.thinning import thinned

# Drivers leave connections to the end of the process.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

FAST = ("s3", "asyncssh-sshfs", "smb", "ftp")
SIZE = 3_000_000
OVERHEAD = 100_000
"""More than a login and listings take."""
_TRIES = 20


@pytest.mark.parametrize("served", thinned(FAST), indirect=True)
def test_a_kill_in_the_middle_of_an_upload_leaves_no_name_of_a_part(place: Place) -> None:
    killed(place, [SIZE // 2])


@pytest.mark.full
def test_twenty_kills_at_any_byte(
    place: Place, record_property: t.Callable[[str, object], None]
) -> None:
    draw = random.Random(place.url)
    killed(place, [draw.randrange(OVERHEAD, SIZE) for _ in range(20)])
    record_property("kills in the middle of an upload survived", 20)


@pytest.mark.full
def test_a_server_that_falls_silent_fails_the_run_and_does_not_keep_it(place: Place) -> None:
    if place.port is None:
        assert place.url.startswith(("local://", "memory://"))
        return
    with gate(place.port, 0 if place.disk else OVERHEAD) as way:
        command = upload(place.through(way.port), place.url, 2 * OVERHEAD, silence=2)
        done = subprocess.run(
            command, capture_output=True, check=False, cwd=ROOT, text=True, timeout=120
        )
    assert done.returncode == 1
    (said,) = re.findall(r"StoreError: (.*)", done.stderr)
    assert "did not answer within" in said or "the host was not reached" in said
    require_whole(open_store(place.url, place.options, 60))


def killed(place: Place, moments: Sequence[int]) -> None:
    """Kill uploads, then complete them, and look at every name each time.

    A folder of this machine has its own test: a file has no name there before it is whole.
    """
    if place.port is None:
        assert place.url.startswith(("local://", "memory://"))
        return
    store = open_store(place.url, place.options, 60)
    for number, moment in enumerate(moments):
        seed = in_the_middle(place, moment, f"{place.url} {number}")
        require_whole(store)
        expected = random.Random(seed).randbytes(SIZE)
        path = content_path(sha256(expected).hexdigest(), ".pdf")
        assert store.size(path) is None, "the kill came after the upload"
        subprocess.run(upload(place, seed), check=True, cwd=ROOT, timeout=120)
        assert store.read(path) == expected
        require_whole(store)


def upload(place: Place, seed: str, size: int = SIZE, silence: int = 60) -> list[str]:
    """Return the command that stores a document."""
    words = [place.url, json.dumps(place.options), place.ready, str(size), seed, str(silence)]
    return [sys.executable, "-m", "tests.stores.upload", *words]


def in_the_middle(place: Place, moment: int, name: str) -> str:
    """Kill an upload, and return the seed of its content; one that was too quick has another."""
    for attempt in range(_TRIES):
        seed = f"{name} {attempt}"
        if kill(place, moment, seed):
            return seed
    message = f"{_TRIES} uploads were complete before they could be killed"
    raise AssertionError(message)


def kill(place: Place, moment: int, seed: str) -> bool:
    """Kill an upload of which so many bytes have been sent; tell whether that were not all."""
    assert place.port is not None
    if place.disk is not None:
        return kill_on_disk(place, place.disk, moment, seed)
    with gate(place.port, moment) as way:
        process = started(place.through(way.port), seed)
        while not way.closed.wait(0.05):
            assert process.poll() is None, t.cast("t.IO[bytes]", process.stderr).read().decode()
        process.kill()
        process.communicate(timeout=30)
    return True


def kill_on_disk(place: Place, disk: Path, moment: int, seed: str) -> bool:
    """Kill an upload of which the server's disk has a part; a busy machine may look too late."""
    before = set(disk.rglob("partial-*"))
    process = started(place, seed)
    parts: list[Path] = []
    while not parts or _size(parts[0]) < min(moment, SIZE // 2):
        parts = [path for path in disk.rglob("partial-*") if path not in before]
        if process.poll() is not None:
            assert not process.returncode, t.cast("t.IO[bytes]", process.stderr).read().decode()
            return False
    process.kill()
    process.communicate(timeout=30)
    return _size(parts[0]) < SIZE


def _size(part: Path) -> int:
    """Return the size of a part; one that was moved to its name is whole."""
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return SIZE


def started(place: Place, seed: str) -> subprocess.Popen[bytes]:
    """Start the storing of a document."""
    return subprocess.Popen(upload(place, seed), cwd=ROOT, stderr=subprocess.PIPE)


def require_whole(store: Store) -> None:
    """Fail when a content is not what its name says."""
    for path in contents(store):
        content = store.read(path)
        assert content is not None
        assert sha256(content).hexdigest() == path[3:67], path
