"""The key is in no byte that is printed, whatever happens and whoever repeats it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request, Response

from tap_compleetpersy.api.messages import Credential
from tap_compleetpersy.passthrough.printing import masking_of
from tests.request.conftest import ANY_PATH, KEY, Done, Persy
from tests.server import Reply, Server, reply
from tests.thinning import thinned

USER = "anna.huber"
PAIR = b64encode(f"{USER}:{KEY}".encode()).decode()
FORMS = (KEY, quote(KEY), quote(KEY, safe=""), b64encode(KEY.encode()).decode(), "Marked\\/K")
WAYS = {
    "bearer": {"auth_method": "bearer"},
    "header": {"auth_method": "header"},
    "basic": {"auth_method": "basic", "username": USER},
    "query": {"auth_method": "query"},
}


def expect_no_key(done: Done) -> None:
    assert [form for form in (*FORMS, PAIR) if form.encode() in done.printed] == []
    assert b"Traceback" not in done.printed


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("status", thinned([200, 401, 500]))
def test_a_server_that_repeats_the_key_is_not_repeated(
    persy: Persy, way: dict[str, str], status: int
) -> None:
    def repeat(request: Request) -> Response:
        sent = dict(request.headers)
        credential = request.headers.get("Authorization", KEY).removeprefix("Basic ")
        headers = {"X-Echo": f"you sent {KEY}", "X-Pair": credential, "X-Quoted": quote(KEY)}
        headers |= {"Set-Cookie": "session=SessionMarked", "X-Fine": "shown"}
        return Response(json.dumps([sent, KEY, credential, *FORMS]), status, headers)

    persy.server.expect_request(ANY_PATH).respond_with_handler(repeat)
    persy.settings |= way

    done = persy("GET", "/candidates", "-v")

    expect_no_key(done)
    assert b"SessionMarked" not in done.printed
    for line in ("Set-Cookie: ***", "X-Echo: ***", "X-Pair: ***", "X-Quoted: ***", "X-Fine: shown"):
        assert line in done.told.splitlines()
    assert b"***" in done.body


@pytest.mark.parametrize("words", [("GET",), ("GET", "--paginate")])
def test_a_short_key_in_the_query_is_not_printed_with_its_name(
    persy: Persy, words: tuple[str, ...]
) -> None:
    def repeat(request: Request) -> Response:
        return Response(json.dumps([{"next": request.url}]), 200, {"X-Link": request.url})

    persy.server.expect_request(ANY_PATH).respond_with_handler(repeat)
    persy.settings |= {"auth_method": "query", "api_key": "aB/1", "pagination": "none"}

    done = persy(*words, "/candidates", "--param", "name=anna", "-v")

    assert done.exit_code == 0
    assert b"aB" not in done.printed
    assert b"name=anna" in done.body


def test_the_key_is_no_parameter_to_give(persy: Persy) -> None:
    persy.settings |= {"auth_method": "query", "auth_param": "token"}
    done = persy("GET", "/candidates", "--param", "token=x")
    assert done.exit_code == 1
    assert "--param: token carries the credential" in done.told


def test_records_of_a_server_that_repeats_the_key(persy: Persy) -> None:
    persy.settings["pagination"] = "none"
    persy.answers([KEY, {"a": KEY}])

    done = persy("GET", "/candidates", "--paginate", "-v")

    expect_no_key(done)
    assert done.body == b'"***"\n{"a":"***"}\n'


BROKEN = {
    "reset": Reply(b"", "reset"),
    "no HTTP": Reply(KEY.encode() + b"\r\n\r\n", "close"),
    "odd header": Reply(b"HTTP/1.1 200 OK\r\n" + KEY.encode() + b"\r\nX: y\r\n\r\n[", "close"),
    "odd status": Reply(b"HTTP/1.1 200 " + KEY.encode() + b"\r\n\r\n", "close"),
    "cut": reply(KEY.encode(), length=999),
    "broken encoding": reply(KEY.encode(), headers={"Content-Encoding": "gzip"}),
    "redirect elsewhere": reply(b"", 302, {"Location": f"https://evil.example/{KEY}"}),
    "redirect to nonsense": reply(b"", 302, {"Location": f"http://[{KEY}"}),
    "redirect in a circle": reply(b"", 302, {"Location": f"?q={KEY}", "Set-Cookie": f"k={KEY}"}),
}


@pytest.mark.parametrize("words", [("GET",), ("POST", "--write"), ("GET", "--paginate")])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_no_fault_shows_the_key(persy: Persy, broken: Reply, words: tuple[str, ...]) -> None:
    server = Server()
    server.answers(broken)
    persy.settings |= {"api_url": server.url, "auth_method": "header"}

    done = persy.inside(*words, "/candidates", "-v")
    server.stop()

    expect_no_key(done)
    assert b"evil.example/" not in done.printed


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/api", "https://persy.invalid/api"])
@pytest.mark.parametrize("words", [("GET",), ("PUT", "--write"), ("GET", "--paginate")])
def test_nor_does_a_server_that_is_not_there(
    persy: Persy, url: str, words: tuple[str, ...]
) -> None:
    persy.settings["api_url"] = url

    done = persy(*words, "/candidates", "--param", "name=QueryMarked", "-v")

    assert done.exit_code == 1
    expect_no_key(done)
    assert b"QueryMarked" not in done.printed


@pytest.mark.parametrize(
    "words",
    [
        ("GET", f"/{KEY}"),
        ("GET", f"/{quote(KEY, safe='')}"),
        ("GET", "/x", "--header", f"Authorization={KEY}"),
        ("GET", "/x", "--header", f"X-API-Key={KEY}"),
        ("GET", "/x", "--param", KEY),
        ("POST", "/x", "--write", "--data", f"@{KEY}"),
        ("POST", "/x", "--write", "--file", KEY),
        (KEY, "/x"),
    ],
)
def test_no_refusal_repeats_it(persy: Persy, words: tuple[str, ...]) -> None:
    persy.answers([])

    done = persy.inside(*words)

    assert done.exit_code == 1
    expect_no_key(done)
    assert persy.requests == []


def test_it_is_masked_where_the_user_sends_it_himself(persy: Persy) -> None:
    persy.answers([])

    done = persy("GET", "/x", "-v", "--header", f"X-Signature=sign-{KEY}", "--param", f"k={KEY}")

    assert done.exit_code == 0
    assert "> X-Signature: ***" in done.told.splitlines()
    expect_no_key(done)


def test_what_nobody_expected_shows_no_text(persy: Persy) -> None:
    """A fault in the program itself, with the key in its text."""
    program = (
        "from tap_compleetpersy.api import client\n"
        "from tap_compleetpersy.cli import main\n"
        "def fail(*_): raise RuntimeError(f'Bearer {settings_key}')\n"
        f"settings_key = {KEY!r}\n"
        "client.Client.exchange = fail\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "request", "GET", "/x", "-v"],
        capture_output=True,
        check=False,
        cwd=persy.folder,
        env=persy.environment,
    )

    assert done.returncode == 1
    assert b"Unexpected RuntimeError" in done.stderr
    assert KEY.encode() not in done.stdout + done.stderr


def test_a_file_gets_the_body_as_it_is(persy: Persy, tmp_path: Path) -> None:
    persy.answers(KEY.encode())

    persy("GET", "/x", "--output", tmp_path / "x")

    assert (tmp_path / "x").read_bytes() == KEY.encode()


@given(
    before=st.binary(max_size=40),
    after=st.binary(max_size=40),
    cuts=st.lists(st.integers(0, 120), max_size=6),
)
def test_a_body_is_masked_wherever_it_is_cut(before: bytes, after: bytes, cuts: list[int]) -> None:
    body = before + KEY.encode() + after
    edges = [0, *sorted(cuts), len(body)]
    chunks = [body[a:b] for a, b in itertools.pairwise(edges)]

    credential = Credential("header", "Authorization", f"Bearer {KEY}")
    shown = b"".join(masking_of(credential, KEY).body(iter(chunks)))

    assert shown == before + b"***" + after


def test_what_is_too_short_for_a_key_is_masked_in_headers_only() -> None:
    short = masking_of(Credential("header", "X-API-Key", "abc"), "abc")

    assert short.whole(b"abcdef") == b"abcdef"
    assert short.value("X-Echo", "xABCx") == "***"
    assert "abc" not in repr(short)
