"""On a terminal: JSON is indented and coloured, binary content is refused."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.passthrough.printing import BinaryBodyError, readable
from tests.request.conftest import Persy

STYLE = re.compile(r"\x1b\[\d+m")
Json = dict[str, str]


def on_a_terminal(persy: Persy, *words: str, **environment: str) -> tuple[int, str, str]:
    """Run the command with a terminal as stdout; answer exit code, screen and stderr."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*persy.command, *words],
        cwd=persy.folder,
        env={**persy.environment, **environment},
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as running:
        os.close(theirs)
        screen = b""
        try:
            while piece := os.read(ours, 2**16):
                screen += piece
        except OSError:  # the other side is closed
            pass
        assert running.stderr
        told = running.stderr.read().decode()
    os.close(ours)
    return running.returncode, screen.decode().replace("\r\n", "\n"), told


def test_json_is_indented_and_coloured(persy: Persy) -> None:
    persy.answers(b'{"name":"M\\u00fcller","n":[1.000,true,null]}')

    exit_code, screen, told = on_a_terminal(persy, "GET", "/candidates")

    assert exit_code == 0
    assert click.style('"name"', fg="blue", bold=True) + ": " in screen
    assert click.style('"Müller"', fg="green") in screen
    assert click.style("1.000", fg="cyan") in screen
    assert click.style("null", fg="magenta") in screen
    assert STYLE.sub("", screen) == (
        '{\n  "name": "Müller",\n  "n": [\n    1.000,\n    true,\n    null\n  ]\n}\n'
    )
    assert told.startswith("HTTP 200 OK\n")


def test_colours_can_be_switched_off(persy: Persy) -> None:
    persy.answers([1])

    _, screen, _ = on_a_terminal(persy, "GET", "/candidates", NO_COLOR="1")

    assert screen == "[\n  1\n]\n"


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7\0\x01", b"\xff\xfe", b"\x1b[2Jcleared"], ids=["NUL", "no text", "escape"]
)
def test_binary_content_is_refused(persy: Persy, body: bytes) -> None:
    persy.answers(body, Content_Type="application/pdf")

    exit_code, screen, told = on_a_terminal(persy, "GET", "/candidates/1/cv")

    assert (exit_code, screen) == (1, "")
    assert told.splitlines()[-1] == (
        "Error: The body is binary: give --output FILE, or send it into a pipe"
    )


def test_an_error_is_shown_readably_too(persy: Persy) -> None:
    persy.answers({"error": {"status": 404}}, 404)

    exit_code, screen, _ = on_a_terminal(persy, "GET", "/candidates/1", NO_COLOR="1")

    assert exit_code == 1
    assert json.loads(screen) == {"error": {"status": 404}}
    assert screen.count("\n") == 5


def test_no_body_is_no_line(persy: Persy) -> None:
    persy.answers(b"", 204)

    assert on_a_terminal(persy, "GET", "/candidates")[:2] == (0, "")


def test_lines_of_records_cannot_direct_the_terminal(persy: Persy) -> None:
    persy.settings["pagination"] = "none"
    persy.answers(["a\x9b2J"])

    _, screen, _ = on_a_terminal(persy, "GET", "/candidates", "--paginate")

    assert screen == '"a\\u009b2J"\n'


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ("\ufeff[1]".encode(), {}, "[\n  1\n]"),
        ("Grüße\n".encode(), {}, "Grüße\n"),
        ("Grüße".encode("latin-1"), {"Content-Type": "text/plain; charset=ISO-8859-1"}, "Grüße"),
        ("a\x9bb\u202ec".encode(), {}, "a\\u009bb\\u202ec"),
        (b'["\\u009b\\u001b"]', {}, '[\n  "\\u009b\\u001b"\n]'),
        (b'["\\ud800"]', {}, '["\\ud800"]'),
        (b"[" * 100_000, {}, "[" * 100_000),
        (b'{"a:": "b\\": 1"}', {}, '{\n  "a:": "b\\": 1"\n}'),
        (b"<html>", {}, "<html>"),
        (b"", {}, ""),
    ],
)
def test_what_a_terminal_shows(body: bytes, headers: Json, expected: str) -> None:
    assert readable(iter([body[:1], body[1:]]), headers, colour=False) == expected


@pytest.mark.parametrize("charset", ["", "; charset=none"])
def test_an_unknown_encoding_is_binary(charset: str) -> None:
    with pytest.raises(BinaryBodyError):
        readable(iter([b"\xe4"]), {"Content-Type": f"text/plain{charset}"}, colour=False)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(document=_JSON, ascii_only=st.booleans())
def test_a_terminal_shows_the_same_document(document: object, ascii_only: bool) -> None:
    body = json.dumps(document, allow_nan=False, ensure_ascii=ascii_only).encode()

    plain = readable(iter([body]), {}, colour=False)
    coloured = readable(iter([body]), {}, colour=True)

    assert json.loads(plain) == document
    assert STYLE.sub("", coloured) == plain
