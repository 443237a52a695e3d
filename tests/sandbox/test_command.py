"""``persy sandbox`` as people run it: a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import typing as t
from contextlib import contextmanager

import pytest
import requests
from click.testing import CliRunner

from tap_compleetpersy.cli.sandbox import command
from tap_compleetpersy.sandbox.options import Options, environment_lines

if t.TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = [sys.executable, "-c", "from tap_compleetpersy.cli.sandbox import command; command()"]


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the command until the block ends; yields it and the settings that it printed."""
    with subprocess.Popen(
        [*PROGRAM, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        lines = list(iter(running.stdout.readline, "ready\n"))
        try:
            yield running, dict(line.rstrip("\n").split("=", 1) for line in lines)
        finally:
            running.kill()


def test_it_prints_the_settings_and_answers_to_them() -> None:
    with process("--candidates", "3", "--api-key", "k-1") as (_, settings):
        assert settings.keys() == {"TAP_COMPLEETPERSY_API_URL", "TAP_COMPLEETPERSY_API_KEY"}
        url = settings["TAP_COMPLEETPERSY_API_URL"]
        key = settings["TAP_COMPLEETPERSY_API_KEY"]
        answer = requests.get(
            f"{url}/candidates", headers={"Authorization": f"Bearer {key}"}, timeout=10
        )
        assert answer.json()["meta"]["total"] == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_cleanly_and_quietly(number: signal.Signals) -> None:
    with process("--candidates", "1", "--live", "0.01") as (running, _):
        running.send_signal(number)
        output, errors = running.communicate(timeout=30)
    assert (running.returncode, output, errors) == (0, "", "")


def test_every_option_reaches_the_sandbox() -> None:
    arguments = (
        "--candidates 5 --seed 2 --shape flat --pagination offset --auth header --envelope items "
        "--order newest --admin --latency-ms 1 --now 2026-11-24T03:00:00Z "
        "--modified-since-param since --modified-until-param until "
        "--encoding utf-8-bom --no-total"
    )
    with process(*arguments.split()) as (_, settings):
        url = settings["TAP_COMPLEETPERSY_API_URL"]
        answer = requests.get(
            f"{url}/candidates",
            headers={"X-API-Key": "sandbox-key"},
            params={"until": "2026-11-24T03:00:00Z"},
            timeout=10,
        )
        assert answer.headers["Date"] == "Tue, 24 Nov 2026 03:00:00 GMT"
        answer.encoding = "utf-8-sig"
        records = answer.json()["items"]
        assert len(records) == 5
        assert "total" not in answer.json()["meta"]
        updates = [record["Modified"] for record in records]
        assert updates == sorted(updates, reverse=True)
        host = url.partition("/persy")[0]
        assert requests.get(f"{host}/__admin", timeout=10).json()["candidates"] == 5
    assert (
        settings.items()
        >= {
            "TAP_COMPLEETPERSY_PAGINATION": "offset",
            "TAP_COMPLEETPERSY_AUTH_METHOD": "header",
            "TAP_COMPLEETPERSY_MODIFIED_SINCE_PARAM": "since",
            "TAP_COMPLEETPERSY_MODIFIED_UNTIL_PARAM": "until",
        }.items()
    )


def test_options_of_links_reach_the_sandbox() -> None:
    links = ("--attachment-links", "foreign", "--link-seconds", "1000")
    moment = ("--now", "2026-11-24T03:00:00Z", "--admin")
    with process(*links, *moment) as (_, settings):
        url = settings["TAP_COMPLEETPERSY_API_URL"]
        headers = {"Authorization": "Bearer sandbox-key"}
        answer = requests.get(f"{url}/candidates/1008/attachments", headers=headers, timeout=60)
        link = answer.json()["data"][0]["Url"]
        host = url.partition("/persy")[0]
        assert "/files/" in link
        for seconds, status in ((999, 200), (1, 403)):
            clock = f"{host}/__admin/clock"
            requests.put(clock, json={"advance_seconds": seconds}, timeout=10)
            assert requests.get(link, timeout=10).status_code == status


def test_chaos_reaches_the_sandbox() -> None:
    with process("--chaos", "1", "--candidates", "1") as (_, settings):
        answers = {status(settings["TAP_COMPLEETPERSY_API_URL"]) for _ in range(40)}
        assert {None, 429, 500, 502, 503} <= answers


def status(url: str) -> int | None:
    """Ask for the sources, and return the status of the answer, if there is one."""
    headers = {"Authorization": "Bearer sandbox-key"}
    try:
        return requests.get(f"{url}/sources", headers=headers, timeout=10).status_code
    except requests.RequestException:
        return None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(), []),
        (Options(auth="basic"), ["AUTH_METHOD=basic", "USERNAME=sandbox"]),
        (Options(envelope="payload.items"), ["RECORDS_PATH=payload.items"]),
        (Options(envelope="list"), []),
        (Options(modified_since_param=None), ["MODIFIED_SINCE_PARAM="]),
        (Options(pagination="cursor", cursor_param="c"), ["PAGINATION=cursor", "CURSOR_PARAM=c"]),
        (Options(first_page=0), ["FIRST_PAGE=0"]),
    ],
)
def test_settings_differ_from_the_defaults_only_where_they_must(
    options: Options, expected: list[str]
) -> None:
    lines = environment_lines(options.environment("http://127.0.0.1:1/x"))
    assert lines[:2] == [
        "TAP_COMPLEETPERSY_API_URL=http://127.0.0.1:1/x",
        "TAP_COMPLEETPERSY_API_KEY=sandbox-key",
    ]
    assert lines[2:] == [f"TAP_COMPLEETPERSY_{line}" for line in expected]


def test_a_key_with_spaces_is_quoted() -> None:
    lines = environment_lines(Options(api_key="a b'c").environment("http://127.0.0.1:1/x"))
    assert lines[1] == """TAP_COMPLEETPERSY_API_KEY='a b'"'"'c'"""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--host", "0.0.0.0"], "host"),  # noqa: S104 - it is refused
        (["--shape", "xml"], "shape"),
        (["--now", "gestern"], "now"),
        (["--now", "2026-11-24T03:00:00"], "now"),
        (["--port", "70000"], "port"),
        (["--candidates", "viele"], "candidates"),
        (["--attachment-links", "s3"], "attachment_links"),
        (["--chaos", "2"], "chaos"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else part,
)
def test_bad_options_are_one_line(arguments: list[str], named: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code != 0
    assert named in result.output.splitlines()[-1]
    assert "Traceback" not in result.output


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(command, ["--candidates", "1", "--port", port])
    assert result.exit_code == 1
    assert result.output == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use\n"


@pytest.mark.parametrize(
    "missing", ["starlette", "uvicorn", "faker", "fpdf", "PIL", "python_multipart"]
)
def test_a_missing_extra_is_one_line_that_says_how_to_get_it(missing: str) -> None:
    block = f"import sys; sys.modules[{missing!r}] = None; "
    program = [*PROGRAM[:2], block + PROGRAM[2], "--port", "0", "--candidates", "1"]
    result = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "pip install 'tap-compleetpersy[sandbox]'" in result.stderr
