"""Lines to the target: whole, in order, and never ahead of what they cover."""

from __future__ import annotations

import json
import os
import signal
import threading
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.singerlib.encoding.simple import RecordMessage, StateMessage

from tap_compleetpersy.sync.output import FLUSH_BYTES, PageWriter, encode_line
from tap_compleetpersy.sync.termination import SIGNALS, Termination

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values))
def test_a_message_is_one_line_that_reads_back(message: dict[str, t.Any]) -> None:
    line = encode_line(message)
    assert b"\n" not in line
    assert json.loads(line) == message


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc80\ud800"])
def test_lone_surrogates_become_what_targets_can_read(text: str) -> None:
    line = encode_line({text: [text]})
    assert "�" in line.decode("utf-8") or "?" in line.decode("utf-8")


@contextmanager
def stdout_pipe() -> Iterator[int]:
    """Make stdout a pipe and give its reading end."""
    reader, writer = os.pipe()
    with (
        os.fdopen(writer, "w", encoding="utf-8") as stdout,
        os.fdopen(reader, "rb"),
        redirect_stdout(stdout),
    ):
        yield reader


def test_records_wait_for_their_page_and_state_brings_them(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    writer = PageWriter()
    writer.write_message(RecordMessage("candidates", {"id": "1"}))
    assert capfdbinary.readouterr().out == b""
    writer.write_message(StateMessage({"bookmarks": {}}))
    lines = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["RECORD", "STATE"]


def test_an_abandoned_page_is_never_written(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    writer = PageWriter()
    writer.write_message(RecordMessage("candidates", {"id": "1"}))
    writer.abandon()
    writer.flush()
    assert capfdbinary.readouterr().out == b""


def test_a_large_page_does_not_wait_in_memory(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    writer = PageWriter()
    writer.add(b"x" * FLUSH_BYTES, b"\n")
    assert len(capfdbinary.readouterr().out) == FLUSH_BYTES + 1


def test_a_signal_waits_for_the_line_in_flight() -> None:
    """The page is larger than a pipe holds, so the signal arrives during the write."""
    page = b"y" * 600_000 + b"\n"
    received = bytearray()
    termination = Termination(leave=list[int]().append)
    writer = PageWriter()
    writer.termination = termination
    before = {number: signal.getsignal(number) for number in SIGNALS}
    termination.install()

    def signal_then_read(reader: int) -> None:
        received.extend(os.read(reader, 10))
        os.kill(os.getpid(), signal.SIGTERM)
        while len(received) < len(page):
            received.extend(os.read(reader, 65_536))

    writer.add(page)
    try:
        with stdout_pipe() as reader:
            thread = threading.Thread(target=signal_then_read, args=(reader,))
            thread.start()
            with pytest.raises(SystemExit) as ended:
                writer.flush()
            thread.join()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert ended.value.code == 143
    assert bytes(received) == page


def test_a_hangup_that_is_ignored_stays_so_and_an_interrupt_of_the_background_does_not() -> None:
    before = {name: signal.getsignal(name) for name in SIGNALS}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        Termination().install()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert callable(signal.getsignal(signal.SIGINT))
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_a_signal_at_any_other_time_ends_at_once(number: int, code: int) -> None:
    termination = Termination(leave=list[int]().append)
    before = {name: signal.signal(name, signal.SIG_DFL) for name in SIGNALS}  # nohup ignores one
    termination.install()
    try:
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(number)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    assert ended.value.code == code
