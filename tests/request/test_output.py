"""``--output``: a private file, whole or not at all, in little memory."""

from __future__ import annotations

import signal
import stat
import subprocess
from collections.abc import Iterator

import pytest
from werkzeug import Request, Response

from tests.request.conftest import ANY_PATH, Persy
from tests.server import Reply, Server, reply

OLD = b"what was there"
LARGE = 300 * 2**20
PEAK = (
    "import sys\n"
    "from pathlib import Path\n"
    "from tap_compleetpersy.cli import main\n"
    "try: main()\n"
    "finally:\n"
    "    status = Path('/proc/self/status').read_text()\n"  # getrusage counts the parent as well
    "    print(status.split('VmHWM:')[1].split()[0], file=sys.stderr)\n"
)


def names(persy: Persy) -> list[str]:
    return sorted(path.name for path in persy.folder.iterdir())


@pytest.mark.parametrize("existing", [None, 0o644], ids=["new", "replaced"])
def test_the_file_is_its_owners_alone(persy: Persy, existing: int | None) -> None:
    persy.answers(b"%PDF\0", Content_Type="application/pdf")
    target = persy.folder / "cv.pdf"
    if existing is not None:
        target.write_bytes(OLD)
        target.chmod(existing)

    done = persy("GET", "/candidates/1/cv", "--output", target)

    assert (done.exit_code, done.body) == (0, b"")
    assert done.told.startswith("HTTP 200 OK\n")
    assert target.read_bytes() == b"%PDF\0"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert names(persy) == ["cv.pdf"]


def test_a_link_stays_one(persy: Persy) -> None:
    persy.answers(b"new")
    target, link = persy.folder / "target", persy.folder / "link"
    target.write_bytes(OLD)
    link.symlink_to(target)

    persy("GET", "/x", "--output", link)

    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_the_body_of_an_error_is_printed_and_the_file_stays(persy: Persy) -> None:
    persy.answers(b"not there", 404)
    target = persy.folder / "cv.pdf"
    target.write_bytes(OLD)

    done = persy("GET", "/candidates/1/cv", "--output", target)

    assert (done.exit_code, done.body) == (1, b"not there")
    assert target.read_bytes() == OLD
    assert names(persy) == ["cv.pdf"]


def test_a_body_that_breaks_off_leaves_what_was_there(persy: Persy) -> None:
    server = Server()
    server.answers(reply(b"half", length=99))
    persy.settings["api_url"] = server.url
    target = persy.folder / "cv.pdf"
    target.write_bytes(OLD)

    done = persy("GET", "/cv", "--output", "cv.pdf")
    server.stop()

    assert done.exit_code == 1
    assert done.told.splitlines()[-1].startswith(
        "Error: GET /cv: the answer broke off, or its encoding is broken; the body is incomplete."
    )
    assert target.read_bytes() == OLD
    assert names(persy) == ["cv.pdf"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_leaves_nothing_behind(persy: Persy, number: signal.Signals) -> None:
    server = Server()
    server.answers(Reply(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 200_000, "stall"))
    persy.settings["api_url"] = server.url

    with subprocess.Popen(
        [*persy.command, "GET", "/cv", "--output", "cv.pdf"],
        cwd=persy.folder,
        env=persy.environment,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stderr
        assert running.stderr.readline() == b"HTTP 200 OK\n"
        running.send_signal(number)
        told = running.stderr.read()
    server.stop()

    assert running.returncode == {signal.SIGTERM: 143, signal.SIGINT: 1}[number]
    assert b"Traceback" not in told
    assert names(persy) == []


def test_a_large_body_needs_little_memory(persy: Persy) -> None:
    def stream(_: Request) -> Response:
        def pieces() -> Iterator[bytes]:
            yield from (bytes(2**20) for _ in range(LARGE // 2**20))

        return Response(pieces(), headers={"Content-Length": str(LARGE)})

    persy.server.expect_request(ANY_PATH).respond_with_handler(stream)
    python = persy.command[0].replace("persy", "python")

    done = subprocess.run(
        [python, "-c", PEAK, "request", "GET", "/cv", "--output", "cv.pdf"],
        capture_output=True,
        check=True,
        cwd=persy.folder,
        env=persy.environment,
    )

    assert (persy.folder / "cv.pdf").stat().st_size == LARGE
    assert int(done.stderr.split()[-1]) * 1024 < LARGE // 2
