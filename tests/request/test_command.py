"""``persy request``: what is sent, what is printed, what is refused before it is sent."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from werkzeug import Request, Response

from tests.request.conftest import ANY_PATH, KEY, PREFIX, Persy
from tests.request.test_paths import HOSTILE

RAW = b'{"b": 1.000,\n "a": "\\u00fc"}'


def test_a_pipe_gets_the_body_as_it_is_and_stderr_the_rest(persy: Persy) -> None:
    persy.answers(RAW, X_Total_Count="1", Content_Type="application/json")

    done = persy("GET", "/candidates")

    assert (done.exit_code, done.body) == (0, RAW)
    status, *headers = done.told.splitlines()
    assert status == "HTTP 200 OK"
    assert {"X-Total-Count: 1", "Content-Type: application/json"} <= set(headers)


def test_binary_goes_through_a_pipe_unchanged(persy: Persy) -> None:
    content = bytes(range(256)) * 1000
    persy.answers(content, Content_Type="application/pdf")

    assert persy("GET", "/candidates/1/cv").body == content


@pytest.mark.parametrize("path", ["/candidates?a=1", "candidates?a=1"])
def test_path_parameters_and_headers_are_sent_with_the_key(persy: Persy, path: str) -> None:
    persy.answers([])

    words = ["--param", "b=ä &=", "--param", "b=2", "--header", "Accept-Language=de", "--header"]
    done = persy("get", path, *words, "X-Trace=a=b")

    assert done.exit_code == 0, done.told
    (sent,) = persy.requests
    assert (sent.method, sent.path) == ("GET", f"{PREFIX}/candidates")
    assert sent.args.to_dict(flat=False) == {"a": ["1"], "b": ["ä &=", "2"]}
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.headers["Accept-Language"] == "de"
    assert sent.headers["X-Trace"] == "a=b"


def test_a_header_replaces_the_commands_own(persy: Persy) -> None:
    persy.answers([])

    persy("GET", "/candidates", "--header", "accept=application/pdf")

    assert persy.requests[0].headers.getlist("Accept") == ["application/pdf"]


def test_the_key_is_sent_as_the_settings_say(persy: Persy) -> None:
    persy.answers([])
    config = persy.folder / "config.json"
    config.write_text(json.dumps({"auth_method": "header", "auth_header": "Persy-Key"}))

    persy("GET", "/candidates", "--config", config)

    assert persy.requests[0].headers["Persy-Key"] == KEY
    assert "Authorization" not in persy.requests[0].headers


@pytest.mark.parametrize(
    ("status", "exit_code"), [(204, 0), (304, 0), (404, 1), (422, 1), (500, 1)]
)
def test_the_exit_code_follows_the_status_and_the_body_is_printed(
    persy: Persy, status: int, exit_code: int
) -> None:
    persy.answers(b"" if exit_code == 0 else RAW, status)

    done = persy.inside("GET", "/candidates")

    assert done.exit_code == exit_code
    assert done.told.startswith(f"HTTP {status} ")
    assert done.body == (b"" if exit_code == 0 else RAW)


def test_head_prints_status_and_headers(persy: Persy) -> None:
    persy.answers(RAW, X_Total_Count="60")

    done = persy("HEAD", "/candidates")

    assert (done.exit_code, done.body) == (0, b"")
    assert "X-Total-Count: 60\n" in done.told


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "delete"])
def test_what_may_change_something_needs_write(persy: Persy, method: str) -> None:
    persy.answers(RAW)

    refused = persy.inside(method, "/candidates/1")
    assert refused.exit_code == 1
    assert refused.error == (
        f"Error: {method.upper()} may change something in Persy: repeat with --write to allow it"
    )
    assert persy.requests == []

    allowed = persy.inside(method, "/candidates/1", "--write")
    assert (allowed.exit_code, allowed.body) == (0, RAW)
    assert persy.requests[0].method == method.upper()


@pytest.mark.parametrize(
    ("words", "content"),
    [
        (["--data", '{"text": "Grüße"}'], '{"text": "Grüße"}'.encode()),
        (["--data", "@note.json"], b'{"text": "file"}'),
        (["--data", "@-"], b'{"text": "stdin"}'),
        (["--data", ""], b""),
    ],
    ids=["text", "file", "stdin", "empty"],
)
def test_data_is_sent_as_it_is_and_called_json(
    persy: Persy, words: list[str], content: bytes
) -> None:
    persy.answers({}, 201)
    (persy.folder / "note.json").write_text('{"text": "file"}')

    done = persy("POST", "/candidates/1/notes", "--write", *words, stdin=b'{"text": "stdin"}')

    assert done.exit_code == 0, done.told
    (sent,) = persy.requests
    assert sent.get_data() == content
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Content-Length"] == str(len(content))


def test_data_may_be_of_another_type(persy: Persy) -> None:
    persy.answers({})

    persy("PUT", "/x", "--write", "--data", "<a/>", "--header", "content-type=application/xml")

    assert persy.requests[0].headers.getlist("Content-Type") == ["application/xml"]


def test_files_and_fields_are_a_form(persy: Persy) -> None:
    received: list[tuple[dict[str, str], dict[str, tuple[str | None, str | None, bytes]]]] = []

    def upload(request: Request) -> Response:
        files = {
            name: (file.filename, file.content_type, file.read())
            for name, file in request.files.items()
        }
        received.append((request.form.to_dict(), files))
        return Response("{}")

    persy.server.expect_request(f"{PREFIX}/candidates/1/attachments").respond_with_handler(upload)
    (persy.folder / "Lebenslauf.pdf").write_bytes(b"%PDF\0")
    (persy.folder / "a;b").write_bytes(b"x")

    words = ["--form", "Type=CV", "--form", "note=a=b", "--file", "File=@Lebenslauf.pdf"]
    words += ["--file", "second=@Lebenslauf.pdf;image/png", "--file", "third=@a;b"]
    done = persy("POST", "/candidates/1/attachments", "--write", *words)

    assert done.exit_code == 0, done.told
    fields, files = received[0]
    assert fields == {"Type": "CV", "note": "a=b"}
    assert files == {
        "File": ("Lebenslauf.pdf", "application/pdf", b"%PDF\0"),
        "second": ("Lebenslauf.pdf", "image/png", b"%PDF\0"),
        "third": ("a;b", "application/octet-stream", b"x"),
    }


REFUSED = {
    "a method": (["TRACE", "/x", "--write"], "METHOD: must be one of GET, HEAD, POST"),
    "a method of others": (["CONNECT", "/x"], "METHOD: must be one of"),
    "a path": (["GET", "/../admin"], "PATH: holds a dot segment (. or ..); nothing was sent"),
    "an address": (["GET", "https://evil.example/x"], "PATH: is an address of its own"),
    "Authorization": (["GET", "/x", "--header", "authorization=x"], "carries the credential"),
    "Cookie": (["GET", "/x", "--header", "Cookie=x"], "carries the credential"),
    "auth_header": (["GET", "/x", "--header", "x-api-key=x"], "carries the credential"),
    "Host": (["GET", "/x", "--header", "Host=evil.example"], "belongs to the connection"),
    "Content-Length": (["GET", "/x", "--header", "Content-Length=9"], "to the connection"),
    "another method": (["GET", "/x", "--header", "X-HTTP-Method-Override=DELETE"], "say METHOD"),
    "a line break": (["GET", "/x", "--header", "X-A=a\r\nHost: b"], "no header can carry"),
    "no header's name": (["GET", "/x", "--header", "X A=1"], "not the name of a header"),
    "the type of a form": (
        ["POST", "/x", "--write", "--form", "a=b", "--header", "Content-Type=text/plain"],
        "follows from --file and --form",
    ),
    "no pair": (["GET", "/x", "--param", "page"], "--param: must be name=value"),
    "no name": (["GET", "/x", "--param", "=1"], "--param: must be name=value"),
    "no UTF-8": (["GET", "/x", "--param", "a=\udce4"], "--param: must be UTF-8"),
    "no field": (["POST", "/x", "--write", "--form", "page"], "--form: must be name=value"),
    "no file's form": (["POST", "/x", "--write", "--file", "a=b"], "--file: must be name=@path"),
    "no file": (["POST", "/x", "--write", "--file", "a=@none"], "--file: the file cannot be read"),
    "no data": (["POST", "/x", "--write", "--data", "@none"], "--data: the file cannot be read"),
    "a folder": (["POST", "/x", "--write", "--data", "@."], "--data: the file cannot be read"),
    "data to read": (["GET", "/x", "--data", "{}"], "GET has no body"),
    "a file to read": (["HEAD", "/x", "--file", "a=@b"], "HEAD has no body"),
    "two bodies": (["POST", "/x", "--write", "--data", "{}", "--form", "a=b"], "goes without"),
    "pages of a POST": (["POST", "/x", "--write", "--paginate"], "--paginate: goes with GET"),
    "pages of a HEAD": (["HEAD", "/x", "--paginate"], "--paginate: goes with GET only"),
    "a page given twice": (["GET", "/x?per_page=1", "--paginate"], "sends per_page itself"),
    "a page as parameter": (["GET", "/x", "--paginate", "--param", "page=2"], "sends page itself"),
    "a folder for output": (["GET", "/x", "--output", "none/x"], "--output: none/x: No such file"),
    "a device for output": (["GET", "/x", "--output", "/dev/null"], "Not a regular file"),
}


@pytest.mark.parametrize(("words", "message"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_one_line_before_any_request(
    persy: Persy, words: list[str], message: str
) -> None:
    persy.answers([])

    done = persy.inside(*words)

    assert (done.exit_code, done.body) == (1, b"")
    assert message in done.error
    assert persy.requests == []


@pytest.mark.parametrize("name", ["a host", "encoded dots", "user name", "half of a character"])
def test_a_hostile_path_sends_nothing(persy: Persy, name: str) -> None:
    persy.answers([])
    path = HOSTILE[name].replace("\ud800", "\udc80")  # what a byte becomes that is no UTF-8

    done = persy("GET", "--", path)

    assert done.exit_code == 1
    assert done.error.startswith("Error: PATH: ")
    assert persy.requests == []


def test_without_a_key_nothing_is_sent(persy: Persy) -> None:
    persy.settings["api_key"] = ""

    assert "api_key: missing" in persy("GET", "/candidates").error


def test_a_redirect_on_the_same_server_is_followed_with_the_key(persy: Persy) -> None:
    persy.server.expect_request(f"{PREFIX}/old").respond_with_data(
        b"", 302, {"Location": f"{PREFIX}/new?a=1"}
    )
    persy.server.expect_request(f"{PREFIX}/new").respond_with_data(RAW)

    done = persy("GET", "/old", "--header", "X-Trace=1")

    assert (done.exit_code, done.body) == (0, RAW)
    assert done.told.startswith("HTTP 200 ")
    assert [request.headers["Authorization"] for request in persy.requests] == [f"Bearer {KEY}"] * 2
    assert persy.requests[1].headers["X-Trace"] == "1"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_redirect_to_another_host_is_refused(persy: Persy, method: str) -> None:
    elsewhere = f"http://127.0.0.1:{persy.server.port}/elsewhere"
    persy.answers(b"", 302, Location=elsewhere)

    done = persy(method, "/candidates")

    assert (done.exit_code, done.body) == (1, b"")
    assert done.error.startswith(
        f"Error: {method} {PREFIX}/candidates: status 302, a redirect to another server"
    )
    assert len(persy.requests) == 1


def test_redirects_in_a_circle_end(persy: Persy) -> None:
    persy.answers(b"", 302, Location=f"{PREFIX}/candidates")

    assert "more than 5 redirects" in persy("GET", "/candidates").error


def test_a_redirect_of_anything_else_is_shown_and_not_followed(persy: Persy) -> None:
    persy.answers(RAW, 307, Location=f"{PREFIX}/other")

    done = persy("POST", "/candidates", "--write", "--data", "{}")

    assert (done.exit_code, done.body) == (0, RAW)
    assert f"Location: {PREFIX}/other\n" in done.told
    assert len(persy.requests) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_is_tried_again(persy: Persy, method: str) -> None:
    persy.settings["max_retries"] = "2"
    persy.server.expect_oneshot_request(ANY_PATH).respond_with_data(
        b"busy", 503, {"Retry-After": "0.01"}
    )
    persy.server.expect_request(ANY_PATH).respond_with_data(RAW)

    done = persy(method, "/candidates")

    assert (done.exit_code, done.body) == (0, RAW if method == "GET" else b"")
    assert done.told.startswith(f"{method} {PREFIX}/candidates: status 503; waiting 0.0 s")
    assert len(persy.requests) == 2


def test_the_answer_to_the_last_try_is_shown(persy: Persy) -> None:
    persy.settings["max_retries"] = "2"
    persy.answers(RAW, 503, Retry_After="0.01")

    done = persy("GET", "/candidates")

    assert (done.exit_code, done.body) == (1, RAW)
    assert "HTTP 503 " in done.told
    assert len(persy.requests) == 3


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_else_is_tried_again(persy: Persy, method: str) -> None:
    persy.settings["max_retries"] = "2"
    persy.answers(RAW, 503, Retry_After="0.01")

    done = persy.inside(method, "/candidates", "--write")

    assert (done.exit_code, done.body) == (1, RAW)
    assert len(persy.requests) == 1


def test_a_write_without_an_answer_says_that_it_was_not_repeated(persy: Persy) -> None:
    persy.settings |= {"api_url": "http://127.0.0.1:1/api", "max_retries": "2"}

    done = persy("DELETE", "/candidates/1", "--write")

    assert done.exit_code == 1
    assert done.error == (
        "Error: DELETE /api/candidates/1: the connection was refused; not tried again, since it "
        "might be done twice. Check the network, and the settings api_url."
    )


def test_a_reader_that_leaves_early_is_no_error_to_talk_about(persy: Persy) -> None:
    persy.answers(b"line\n" * 1_000_000)

    with subprocess.Popen(
        [*persy.command, "GET", "/candidates"],
        cwd=persy.folder,
        env=persy.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.read(5)
        running.stdout.close()
        told = running.stderr.read().decode()

    assert [line for line in told.splitlines() if ": " not in line] == ["HTTP 200 OK"]
    assert "Broken" not in told


def test_verbose_shows_what_is_sent_without_the_key_and_the_query(persy: Persy) -> None:
    persy.answers(RAW)

    done = persy("GET", "/candidates?name=Müller", "-v", "--header", "X-Trace=7")

    sent = [line for line in done.told.splitlines() if line.startswith("> ")]
    assert sent[0] == f"> GET {PREFIX}/candidates?…"
    assert {"> X-Trace: 7", "> Authorization: ***"} <= set(sent)
    assert "ller" not in done.told
    assert done.body == RAW


def test_config_files_win_over_the_environment(persy: Persy, tmp_path: Path) -> None:
    persy.answers(RAW)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"user_agent": "me/1", "stream_maps": {}}))

    assert persy("GET", "/candidates", "--config", config).exit_code == 0
    assert persy.requests[0].headers["User-Agent"] == "me/1"
