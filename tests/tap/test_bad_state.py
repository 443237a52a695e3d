"""State that cannot be used: one line that names the way out, before any request."""

from __future__ import annotations

import base64
import json
import re
import typing as t
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tap_compleetpersy.sync.state import StateError
from tap_compleetpersy.tap import TapCompleetpersy
from tests.singer import Message, Run, bare_environment, discover, run_tap, tap
from tests.thinning import thinned

STREAMS = ("candidates", "jobs", "applications")
GIGABYTES = 2 << 30
MEMORY_LIMIT = 1 << 30
"""Bytes of address space; the tap itself needs a third of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A local Persy, how to read it, and a state that a run left."""

    sandbox: Sandbox
    config: Message
    catalog: Message
    state: Message

    def run(self, folder: Path, content: bytes, **environment: str) -> Run:
        """Run the tap with a state file of this content, in little memory."""
        files = {"config": self.config, "catalog": self.catalog}
        for name, value in files.items():
            (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        (folder / "state.json").write_bytes(content)
        words = ["--config", "config.json", "--catalog", "catalog.json", "--state", "state.json"]
        self.sandbox.requests.clear()
        done = tap().run(
            words,
            cwd=folder,
            env=bare_environment() | environment,
            timeout=120,
            address_space=MEMORY_LIMIT,
        )
        messages = tuple(map(json.loads, done.stdout.splitlines()))
        return Run(messages, done.stderr.decode("utf-8"), done.returncode)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    folder = tmp_path_factory.mktemp("source")
    with running(Options(candidates=30, seed=7)) as sandbox:
        config = {"api_url": sandbox.url, "api_key": sandbox.api_key}
        catalog = discover(config, folder)
        state = run_tap(config, folder, catalog=catalog).state
        yield Source(sandbox, config, catalog, state)


def expect_refusal(run: Run, source: Source) -> str:
    """One line of error, nothing written, nothing asked; answers the line."""
    assert run.exit_code == 1, run.log
    assert run.messages == ()
    assert list(source.sandbox.requests) == []
    lines = [line for line in run.log.splitlines() if "| INFO " not in line]
    assert len(lines) == 1, run.log
    assert "state" in lines[0]
    assert "--full-refresh" in lines[0]
    return lines[0]


PLAIN = {
    "replication_key": "remote_updated_at",
    "replication_key_value": "2026-01-01T00:00:00.000Z",
}


def damaged(**keys: t.Any) -> t.Callable[[Message], Message]:
    """Change keys of the bookmark of candidates, as somebody by hand."""
    return lambda state: {
        "bookmarks": state["bookmarks"] | {"candidates": state["bookmarks"]["candidates"] | keys}
    }


def ledger(change: t.Callable[[str], str]) -> t.Callable[[Message], Message]:
    """Change the ledger of candidates."""
    return lambda state: damaged(ledger=change(state["bookmarks"]["candidates"]["ledger"]))(state)


def bomb(head: bytes) -> t.Callable[[str], str]:
    """Make a ledger of some megabytes that inflates to gigabytes."""

    def make(_ledger: str) -> str:
        deflate = zlib.compressobj()
        start = deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
        block = deflate.compress(bytes(1 << 24)) + deflate.flush(zlib.Z_FULL_FLUSH)
        return "1:" + base64.b64encode(start + block * (GIGABYTES >> 24)).decode()

    return make


def column(content: bytes) -> bytes:
    return len(content).to_bytes(8, "big") + content


def packed(*columns: bytes) -> t.Callable[[str], str]:
    """Make a ledger of these columns."""
    text = "1:" + base64.b64encode(zlib.compress(b"".join(map(column, columns)), 1)).decode()
    return lambda _ledger: text


MANY = b"\x01" * (20 << 20)

CASES: t.Mapping[str, tuple[str, t.Callable[[Message], t.Any]]] = {
    "another-tap": ("of this tap", lambda _: {"bookmarks": {"users": PLAIN}}),
    "another-tap-with-our-streams": (
        "of this tap",
        lambda _: {"bookmarks": {"candidates": PLAIN | {"replication_key": "updated_at"}}},
    ),
    "the-whole-message": ("bookmarks", lambda state: {"type": "STATE", "value": state}),
    "what-meltano-exports": ("bookmarks", lambda state: {"singer_state": state}),
    "a-newer-version": ("newer release", damaged(version=2)),
    "a-version-that-is-true": ("release", damaged(version=True)),
    "value-that-is-no-time": ("no time", damaged(replication_key_value="gestern")),
    "value-that-was-edited": ("differ", damaged(replication_key_value="2026-01-01T00:00:00Z")),
    "position-that-is-no-time": ("no time", damaged(position="2026-13-45")),
    "position-that-is-a-number": ("no time", damaged(position=1767225600)),
    "position-that-is-not-a-number": ("not a JSON object", damaged(position=float("nan"))),
    "position-that-is-negative": ("no time", damaged(position=-1)),
    "position-that-is-huge": ("no time", damaged(position=10**400)),
    "position-before-all-times": ("no time", damaged(position="0001-01-01T00:00:00Z")),
    "count-that-is-negative": ("no count", damaged(unreadable=-1)),
    "ledger-cut": ("damaged", ledger(lambda text: text[: len(text) // 2 // 4 * 4 + 2])),
    "ledger-flipped": ("damaged", ledger(lambda text: text[:40] + flipped(text[40]) + text[41:])),
    "ledger-not-base64": ("damaged", ledger(lambda text: text[:40] + "ß" + text[41:])),
    "ledger-of-another-format": ("damaged", ledger(lambda text: "2:" + text[2:])),
    "ledger-that-is-a-bomb": ("damaged", ledger(bomb(b""))),
    "ledger-with-a-long-column": ("damaged", ledger(bomb(GIGABYTES.to_bytes(8, "big")))),
    "ledger-with-columns-that-disagree": (
        "damaged",
        ledger(packed(MANY, b"[]", b"", b"[]", b"", b"", b"")),
    ),
    "ledger-with-openings-of-nobody": (
        "damaged",
        ledger(packed(b"", b"[]", b"\x01", b"[]", b"", b"", MANY)),
    ),
    "ledger-with-a-number-without-end": (
        "damaged",
        ledger(packed(b"\xff" * (1 << 20) + b"\x01", b"[]", b"", b"[]", b"\x01", b"\0", b"")),
    ),
    "bookmarks-that-are-a-list": ("bookmarks", lambda _: {"bookmarks": []}),
}


def flipped(letter: str) -> str:
    return "A" if letter != "A" else "B"


@pytest.mark.parametrize("case", thinned(CASES, 4))
def test_a_state_that_is_not_ours_any_more(source: Source, tmp_path: Path, case: str) -> None:
    text, make = CASES[case]
    run = source.run(tmp_path, json.dumps(make(source.state)).encode())
    assert text in expect_refusal(run, source)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"bookmarks": {"candidates": {"pos', id="cut"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'\xef\xbb\xbf{"bookmarks": {}}', id="byte-order-mark"),
        pytest.param(b'{"bookmarks": ' + b"[" * 100_000, id="deep"),
        pytest.param(b'{"bookmarks": {"jobs": {"a": ' + b"9" * 5000 + b"}}}", id="long-number"),
    ],
)
def test_a_file_that_is_no_state(source: Source, tmp_path: Path, content: bytes) -> None:
    expect_refusal(source.run(tmp_path, content), source)


@pytest.mark.parametrize("state", [[], {"bookmarks": []}, {"bookmarks": {"jobs": 1}}])
def test_what_is_loaded_and_no_state_is_named(source: Source, state: t.Any) -> None:
    tap = TapCompleetpersy(config=source.config, catalog=source.catalog)
    with pytest.raises(StateError, match="is not a Singer state with bookmarks"):
        tap.load_state(state)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({}, id="empty"),
        pytest.param({"bookmarks": {}}, id="no-bookmarks"),
        pytest.param({"bookmarks": {"candidates": {}, "jobs": {}}}, id="empty-bookmarks"),
    ],
)
def test_a_state_that_says_nothing_is_a_fresh_start(
    source: Source, tmp_path: Path, state: Message
) -> None:
    """Meltano passes no state to a first run; a first STATE that claims nothing is this."""
    run = source.run(tmp_path, json.dumps(state).encode())
    assert run.exit_code == 0, run.log
    assert len(run.records("candidates")) == 30


@pytest.mark.parametrize("nulls", [True, False], ids=["every-key", "known-keys"])
def test_a_state_of_this_release_and_of_the_one_before_is_read(
    source: Source, tmp_path: Path, nulls: bool
) -> None:
    """Release 0.1.0 left out what it did not know."""
    state = {
        "bookmarks": {
            name: {key: value for key, value in bookmark.items() if nulls or value}
            for name, bookmark in source.state["bookmarks"].items()
        }
    }
    run = source.run(tmp_path, json.dumps(state).encode())
    assert run.exit_code == 0, run.log
    assert len(run.records("candidates")) < 30
    assert len(source.sandbox.requests) <= 2
    positions = {run.state["bookmarks"][name]["position"] for name in STREAMS}
    assert positions == {source.state["bookmarks"]["candidates"]["position"]}


def test_a_clock_that_ran_backwards_is_survived(source: Source, tmp_path: Path) -> None:
    """As if this machine's clock had been four years ahead in the run before."""
    ahead = re.sub(
        r'"(\d{4})(?=-\d\d-\d\dT)', lambda year: f'"{int(year[1]) + 4}', json.dumps(source.state)
    )
    before = json.loads(ahead)["bookmarks"]["candidates"]
    edited = source.sandbox.store.candidates()[3].remote_id
    source.sandbox.store.edit(edited, last_name="Danach")
    run = source.run(tmp_path, ahead.encode())
    assert run.exit_code == 0, run.log
    (row,) = [row for row in run.records("candidates") if row["remote_id"] == edited]
    assert row["last_name"] == "Danach"
    assert row["changed_at"] > before["changed_at"]
    assert run.state["bookmarks"]["candidates"]["full_sync_at"] < before["full_sync_at"]


@pytest.mark.parametrize(("buffer", "exit_code"), [(2_300_000, 0), (2_000_000, 1)])
def test_a_state_that_meltano_would_lose_is_told_before_any_request(
    source: Source, tmp_path: Path, buffer: int, exit_code: int
) -> None:
    bookmarks = source.state["bookmarks"]
    padded = {"bookmarks": {**bookmarks, "another": {"padding": "x" * 1_000_000}}}
    run = source.run(tmp_path, json.dumps(padded).encode(), MELTANO_ELT_BUFFER_SIZE=str(buffer))
    assert run.exit_code == exit_code, run.log
    assert f"where Meltano takes {buffer // 2:,}. Set MELTANO_ELT_BUFFER_SIZE" in run.log
    assert bool(run.messages) == bool(source.sandbox.requests) == (not exit_code)
