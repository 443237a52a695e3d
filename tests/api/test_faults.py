from __future__ import annotations

import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tap_compleetpersy.api import transport
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.errors import ApiError, ClientClosed, UnexpectedAnswer, Unreachable
from tap_compleetpersy.settings import Settings
from tests.api.conftest import ClientOf
from tests.server import Reply, Server, reply

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GOOD = b'[{"Id": 1}]'
GZIP = {"Content-Encoding": "gzip"}
RESET, UNTIL_CLOSED = Reply(b"", "reset"), Reply(HEAD + b"\r\n" + GOOD[:-3], "close")


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(RESET, id="reset before the answer"),
        pytest.param(Reply(b"", "close"), id="closed before the answer"),
        pytest.param(Reply(HEAD, "close"), id="closed within the headers"),
        pytest.param(Reply(HEAD + b"Content-Length: 99\r\n\r\n[", "reset"), id="reset in the body"),
        pytest.param(reply(GOOD, length=99), id="content shorter than Content-Length"),
        pytest.param(
            reply(GOOD, length=5, headers={"Connection": "close"}),
            id="content longer than Content-Length",
        ),
        pytest.param(Reply(CHUNKED + b"b\r\n" + GOOD[:5], "close"), id="chunk cut short"),
        pytest.param(Reply(CHUNKED + b"b\r\n" + GOOD + b"\r\n", "close"), id="no last chunk"),
        pytest.param(Reply(CHUNKED + b"zz\r\n" + GOOD + b"\r\n", "close"), id="chunk no number"),
        pytest.param(reply(gzip.compress(GOOD)[:-12], headers=GZIP), id="gzip cut short"),
        pytest.param(reply(b"no gzip at all", headers=GZIP), id="gzip broken"),
        pytest.param(UNTIL_CLOSED, id="JSON cut short"),
        pytest.param(reply(b'{"data": [{"Id": 1}'), id="JSON cut at a brace"),
        pytest.param(reply(b""), id="no content at all"),
        pytest.param(Reply(b"garbage\r\n\r\n", "close"), id="no HTTP"),
    ],
)
def test_a_broken_answer_is_asked_for_again(
    server: Server, client_of: ClientOf, waits: list[float], broken: Reply
) -> None:
    server.answers(broken, reply(GOOD))

    _, document = client_of().get_document("/candidates")

    assert document == [{"Id": 1}]
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        pytest.param(RESET, Unreachable, id="reset"),
        pytest.param(reply(GOOD, length=99), UnexpectedAnswer, id="cut"),
        pytest.param(UNTIL_CLOSED, UnexpectedAnswer, id="JSON cut"),
    ],
)
def test_an_answer_that_stays_broken_is_an_error(
    server: Server, client_of: ClientOf, broken: Reply, kind: type[ApiError]
) -> None:
    server.answers(broken)

    with pytest.raises(kind, match=r"GET /candidates: .* after 3 tries; nothing is claimed"):
        client_of(max_retries=2).get_document("/candidates")


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_compressed_answers_are_read(
    server: Server, client_of: ClientOf, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    server.answers(reply(compress(GOOD), headers={"Content-Encoding": encoding}))

    assert client_of().get_document("/candidates")[0].body == GOOD


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(reply(b"0" * 2_000_001), id="plain"),
        pytest.param(reply(gzip.compress(b"0" * 50_000_000), headers=GZIP), id="a bomb"),
    ],
)
def test_a_body_that_is_too_large_is_refused_while_it_streams(
    server: Server, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, body: Reply
) -> None:
    monkeypatch.setattr(transport, "LARGEST_BODY", 2 * 2**20 - 100_000)
    server.answers(body)

    with pytest.raises(UnexpectedAnswer, match=r"larger than 1 MiB.*page_size"):
        client_of().get_document("/candidates")
    assert len(server.requests) == 1


def test_the_limit_of_a_body_is_256_mib() -> None:
    assert transport.LARGEST_BODY == 256 * 1024 * 1024


@pytest.mark.parametrize(
    "silent",
    [
        pytest.param(Reply(b"", "stall"), id="before the answer"),
        pytest.param(Reply(HEAD, "stall"), id="within the headers"),
        pytest.param(Reply(HEAD + b"Content-Length: 99\r\n\r\n[", "stall"), id="within the body"),
    ],
)
def test_silence_ends_with_the_timeout(server: Server, client_of: ClientOf, silent: Reply) -> None:
    server.answers(silent)

    with pytest.raises(Unreachable, match=r"within 0.1 s after 2 tries.*request_timeout"):
        client_of(request_timeout=0.1, max_retries=1).get_document("/candidates")


@pytest.mark.parametrize(
    "slow",
    [
        pytest.param(Reply(HEAD + b"X: y", drip=True), id="within the headers"),
        pytest.param(Reply(HEAD + b"\r\n[", drip=True), id="within the body"),
        pytest.param(Reply(HEAD + b"Content-Length: 9999\r\n\r\n[", drip=True), id="with a length"),
    ],
)
def test_a_drip_of_bytes_in_time_ends_as_well(
    server: Server, client_of: ClientOf, slow: Reply
) -> None:
    server.answers(slow)

    with pytest.raises(Unreachable, match=r"no complete answer within 3 s; .*request_timeout"):
        client_of(request_timeout=0.3, max_retries=0).get_document("/candidates")


@pytest.mark.parametrize(
    "silent",
    [Reply(b"", "stall"), Reply(HEAD + b"\r\n[", "stall")],
    ids=["before the answer", "within the body"],
)
def test_closing_from_another_thread_ends_a_request(
    server: Server, client_of: ClientOf, silent: Reply
) -> None:
    client = client_of()
    server.answers(silent)

    def close() -> None:
        server.arrived.acquire()
        client.close()

    thread = threading.Thread(target=close)
    thread.start()
    with pytest.raises(ClientClosed):
        client.get_document("/candidates")
    thread.join()


def test_an_unknown_host_names_the_url(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(Unreachable, match=r"name of the host is not known after 2 tries.*api_url"):
        client_of(api_url="https://persy.invalid", max_retries=1).get_document("/candidates")
    assert len(waits) == 1


def test_a_proxy_that_does_not_work_is_named(
    server: Server, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers(Reply(b"HTTP/1.1 502 Bad\r\n\r\n", "close"))
    monkeypatch.setenv("https_proxy", server.url)

    with pytest.raises(Unreachable, match="proxy of the environment"):
        client_of(api_url="https://persy.invalid", max_retries=0).get_document("/candidates")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return Server(context)


def test_a_private_authority_is_trusted_when_given(
    secure: Server, authority: trustme.CA, settings_of: Callable[..., Settings], tmp_path: Path
) -> None:
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))

    with Client(settings_of(api_url=secure.url, ca_bundle=str(bundle))) as client:
        assert client.get_document("/candidates")[0].body == b"[]"
    secure.stop()


def test_a_certificate_that_cannot_be_verified_is_refused_at_once(
    secure: Server, client_of: ClientOf, waits: list[float]
) -> None:
    with pytest.raises(Unreachable, match=r"certificate cannot be verified; .*ca_bundle"):
        client_of(api_url=secure.url).get_document("/candidates")

    assert secure.requests == []
    assert waits == []
    secure.stop()


def test_tls_with_a_server_that_speaks_none_fails(client_of: ClientOf) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_plain() -> None:
            for _ in range(2):
                connection, _address = listener.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")
                    connection.recv(2**16)

        thread = threading.Thread(target=answer_in_plain)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Unreachable, match=r"TLS failed after 2 tries; .*ca_bundle"):
            client_of(api_url=url, max_retries=1).get_document("/candidates")
        thread.join()


def test_closing_from_another_thread_ends_a_request_over_tls(
    secure: Server, authority: trustme.CA, settings_of: Callable[..., Settings], tmp_path: Path
) -> None:
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    secure.answers(Reply(HEAD + b"\r\n[", "stall"))
    client = Client(settings_of(api_url=secure.url, ca_bundle=str(bundle)))

    def close() -> None:
        secure.arrived.acquire()
        client.close()

    thread = threading.Thread(target=close)
    thread.start()
    with pytest.raises(ClientClosed):
        client.get_document("/candidates")
    thread.join()
    secure.stop()


def test_a_value_that_cannot_be_sent_is_not_repeated(client_of: ClientOf) -> None:
    client = client_of(auth_method="header", auth_header="X-Key", user_agent=" odd agent")

    with pytest.raises(Unreachable) as caught:
        client.get_document("/candidates")
    assert "odd" not in str(caught.value)
