from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.retry import Allowance
from tap_compleetpersy.errors import AccessRefused, ApiError, ClientClosed, UnexpectedAnswer
from tap_compleetpersy.settings import Settings, SettingsError
from tests.api.conftest import ClientOf
from tests.server import Request, Server, reply

BASIC = "Basic " + base64.b64encode(b"anna:s3cret").decode()


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        pytest.param({}, "authorization", "Bearer s3cret", id="bearer is the default"),
        pytest.param({"auth_method": "header"}, "x-api-key", "s3cret", id="header"),
        pytest.param(
            {"auth_method": "header", "auth_header": "Persy-Key"}, "persy-key", "s3cret", id="named"
        ),
        pytest.param(
            {"auth_method": "basic", "username": "anna"}, "authorization", BASIC, id="basic"
        ),
    ],
)
def test_the_key_is_sent_as_the_settings_say(
    server: Server, client_of: ClientOf, settings: dict[str, str], name: str, value: str
) -> None:
    client_of(**settings).get_document("/candidates")

    sent = server.requests[0].headers
    assert sent[name] == value
    assert sum("s3cret" in text or text == BASIC for text in sent.values()) == 1


@pytest.mark.parametrize("settings", [{}, {"auth_method": "header"}], ids=["bearer", "header"])
def test_a_netrc_file_never_replaces_the_key(
    server: Server,
    client_of: ClientOf,
    settings: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))

    client_of(**settings).get_document("/candidates")

    assert "Basic" not in server.requests[0].headers.get("authorization", "")


def test_headers_say_who_asks_and_for_what(server: Server, client_of: ClientOf) -> None:
    try:
        default = f"tap-compleetpersy/{version('tap-compleetpersy')}"
    except PackageNotFoundError:
        default = "tap-compleetpersy"

    client_of().get_document("/candidates")
    client_of(user_agent="me/1").get_document("/candidates")

    first, second = (request.headers for request in server.requests)
    assert first["user-agent"] == default
    assert second["user-agent"] == "me/1"
    assert first["accept"] == "application/json"
    assert first["accept-encoding"] == "gzip, deflate"


def test_a_path_is_below_the_base_url_and_parameters_are_encoded(
    server: Server, client_of: ClientOf
) -> None:
    client = client_of(api_url=f"{server.url}/persy/api/v1/")
    answer, _ = client.get_document(
        "/candidates?a=1", {"since": "2026-01-31T00:00:00+01:00", "q": "ä &"}
    )

    assert server.requests[0].path == "/persy/api/v1/candidates"
    assert server.requests[0].query == {
        "a": "1",
        "since": "2026-01-31T00:00:00+01:00",
        "q": "ä &",
    }
    assert answer.path == "/persy/api/v1/candidates"


def test_a_url_on_the_same_server_is_asked_as_it_is(server: Server, client_of: ClientOf) -> None:
    client_of(api_url=f"{server.url}/persy").get_document(f"{server.url}/elsewhere?page=2")

    assert server.requests[0].path == "/elsewhere"
    assert server.requests[0].query == {"page": "2"}


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/candidates",
        "http://127.0.0.1:1/candidates",
        "ftp://x",
        "http://[",
    ],
)
def test_the_key_is_never_sent_to_another_address(
    server: Server, client_of: ClientOf, address: str
) -> None:
    with pytest.raises(UnexpectedAnswer, match="api_url"):
        client_of().get_document(address)

    assert server.requests == []


def test_a_path_cannot_turn_the_host_into_a_user_name(server: Server, client_of: ClientOf) -> None:
    client_of().get_document("@elsewhere.example/candidates")

    assert server.requests[0].path == "/@elsewhere.example/candidates"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_not_tried_again(
    server: Server, client_of: ClientOf, waits: list[float], status: int
) -> None:
    server.answers(reply({"error": "Müller may not"}, status))

    with pytest.raises(AccessRefused) as caught:
        client_of().get_document("/candidates", {"name": "Müller"})

    assert str(caught.value) == (
        f"GET /candidates: status {status}; nothing is claimed. "
        "Check the settings api_key, auth_method, username, auth_header and auth_param."
    )
    assert caught.value.status == status
    assert len(server.requests) == 1
    assert waits == []


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (400, "modified_since_param"),
        (404, "candidates_path"),
        (405, "candidates_path"),
        (410, "candidates_path"),
        (422, "date_format"),
        (501, "run again later"),
        (304, "api_url"),
        (302, "api_url"),
    ],
)
def test_another_status_is_not_tried_again_and_names_a_setting(
    server: Server, client_of: ClientOf, status: int, named: str
) -> None:
    server.answers(reply(b"", status))

    with pytest.raises(UnexpectedAnswer, match=f"status {status}; .*{named}"):
        client_of().get_document("/candidates")

    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_server_is_followed_with_the_key(
    server: Server, client_of: ClientOf, status: int
) -> None:
    def answering(request: Request) -> object:
        if request.path == "/candidates":
            return reply(b"secret", status, {"Location": "../v2/candidates?page=1"})
        return reply([1])

    server.answering = answering  # type: ignore[assignment] # a Reply in either case
    client = client_of()
    answer, _ = client.get_document("/candidates")

    assert answer.body == b"[1]"
    assert answer.path == "/v2/candidates"
    assert server.requests[1].query == {"page": "1"}
    assert server.requests[1].headers["authorization"] == "Bearer s3cret"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "location",
    ["http://localhost:{port}/", "https://127.0.0.1:{port}/", "//127.0.0.1:1/", "http://["],
    ids=["another host", "another scheme", "another port", "no address"],
)
def test_a_redirect_elsewhere_is_refused_before_the_key_is_sent(
    server: Server, client_of: ClientOf, location: str
) -> None:
    server.answers(reply(b"", 302, {"Location": location.format(port=server.port)}))

    with pytest.raises(UnexpectedAnswer, match=r"another server.*api_url"):
        client_of().get_document("/candidates")

    assert len(server.requests) == 1


def test_a_redirect_from_https_to_http_is_no_same_address() -> None:
    from tap_compleetpersy.api.urls import same_origin  # noqa: PLC0415 - one test of it

    assert not same_origin("https://persy.example/a", "http://persy.example/a")
    assert same_origin("https://persy.example/a", "https://PERSY.example:443/b")


def test_redirects_in_a_circle_end(server: Server, client_of: ClientOf) -> None:
    server.answers(reply(b"", 302, {"Location": "/candidates"}))

    with pytest.raises(UnexpectedAnswer, match="more than 5 redirects"):
        client_of().get_document("/candidates")

    assert len(server.requests) == 6


def test_one_connection_serves_all_requests(server: Server, client_of: ClientOf) -> None:
    client = client_of()
    for _ in range(3):
        client.get_document("/candidates")

    assert len(server.requests) == 3
    assert len(server._threads) == 2  # noqa: SLF001 - the listener and one connection


def test_a_missing_key_is_an_error_before_any_request(server: Server, client_of: ClientOf) -> None:
    with pytest.raises(SettingsError, match="api_key"):
        client_of(api_key=None).get_document("/candidates")

    assert server.requests == []


def test_a_key_that_no_header_can_carry_is_refused(client_of: ClientOf, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("schlüssel")

    with pytest.raises(AccessRefused) as caught:
        client_of(api_key=None, api_key_file=str(key)).get_document("/candidates")

    assert "schl" not in str(caught.value)


def test_a_closed_client_asks_nothing(server: Server, client_of: ClientOf) -> None:
    client = client_of()
    client.close()
    client.close()

    with pytest.raises(ClientClosed):
        client.get_document("/candidates")
    assert server.requests == []


def test_siblings_share_the_count_of_requests(settings_of: Callable[..., Settings]) -> None:
    allowance = Allowance(1, None)
    with Client(settings_of(), allowance=allowance) as client:
        client.get_document("/candidates")
        with client.sibling() as sibling:
            sibling.get_document("/candidates")
        client.get_document("/candidates")  # the sibling's end is not the client's

    assert allowance.requests_made == 3


def test_every_error_is_one_line_of_what_failed_what_is_kept_and_what_to_do() -> None:
    error = ApiError("status 503", "Run again later.", path="/candidates")
    error.tries = 7

    assert str(error) == (
        "GET /candidates: status 503 after 7 tries; nothing is claimed. Run again later."
    )


def test_importing_the_package_does_not_import_what_is_slow() -> None:
    program = (
        "import sys, tap_compleetpersy.api.pages\n"
        "print(*{'requests', 'urllib3', 'pendulum'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.split() == []


def test_neither_client_nor_answer_shows_secrets(client_of: ClientOf) -> None:
    client = client_of(auth_method="basic", username="anna.huber")
    answer, _ = client.get_document("/candidates", {"name": "Müller"})

    for text in (repr(client), repr(answer)):
        assert not any(secret in text for secret in ("s3cret", "anna", "ller"))


def test_a_guessed_encoding_is_told_once_a_run(
    server: Server, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers(reply(b'["M\xfcller"]'))
    client = client_of()

    for asking in (client, client, client.sibling()):
        assert asking.get_document("/candidates")[1] == ["Müller"]

    (told,) = caplog.messages
    assert told.startswith("Answers are not UTF-8")
    assert "the setting encoding" in told


def test_the_setting_encoding_fixes_it(
    server: Server, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers(reply('["5 €"]'.encode("iso-8859-15")))

    answer, document = client_of(encoding="iso-8859-15").get_document("/candidates")

    assert document == ["5 €"]
    assert answer.body == '["5 €"]'.encode()
    assert caplog.messages == []
