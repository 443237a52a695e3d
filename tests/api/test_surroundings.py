"""What the environment says of proxies and authorities holds, and is asked once for each server."""

from __future__ import annotations

import os
import ssl
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import trustme

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.errors import Unreachable
from tests.api.conftest import ClientOf
from tests.server import Server, reply


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that the environment names as the way to all others."""
    running = Server()
    running.answers(reply(["by proxy"]))
    for name in ("HTTP_PROXY", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", running.url)
    yield running
    running.stop()


def test_a_proxy_of_the_environment_is_used_for_every_request(
    server: Server, proxy: Server, client_of: ClientOf
) -> None:
    client = client_of()
    answers = [client.get_document("/candidates", {"page": page})[1] for page in "123"]
    assert answers == [["by proxy"]] * 3
    assert len(proxy.requests) == 3
    assert not server.requests


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_a_host_that_the_environment_excepts_is_asked_directly(
    server: Server,
    proxy: Server,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv(name, "elsewhere.example.org,127.0.0.1")
    client = client_of()
    for page in "12":
        client.get_document("/candidates", {"page": page})
    assert len(server.requests) == 2
    assert not proxy.requests


def test_the_environment_is_asked_once_in_a_session(
    server: Server, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real: t.Any = requests.sessions.get_environ_proxies

    def counted(url: str, **more: object) -> object:
        asked.append(url)
        return real(url, **more)

    monkeypatch.setattr(requests.sessions, "get_environ_proxies", counted)
    client = client_of()
    for page in "123":
        client.get_document("/candidates", {"page": page})
    assert len(asked) == 1
    client.sibling().get_document("/candidates")
    assert len(asked) == 2
    assert len(server.requests) == 4


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Where the certificate of an authority will be."""
    return tmp_path / "authority.pem"


@pytest.fixture
def secure(authority: Path) -> Iterator[Server]:
    made = trustme.CA()
    made.cert_pem.write_to_path(os.fspath(authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("127.0.0.1").configure_cert(context)
    running = Server(context)
    yield running
    running.stop()


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_that_the_environment_names_is_trusted(
    secure: Server,
    authority: Path,
    settings_of: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(name, os.fspath(authority))
    with Client(settings_of(api_url=secure.url)) as client:
        assert client.get_document("/candidates")[0].status == 200
        assert client.get_document("/candidates", {"page": "2"})[0].status == 200


def test_the_setting_wins_over_an_authority_of_the_environment(
    secure: Server,
    settings_of: t.Callable[..., t.Any],
    authority: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = tmp_path / "wrong.pem"
    trustme.CA().cert_pem.write_to_path(str(wrong))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", os.fspath(authority))
    settings = settings_of(api_url=secure.url, ca_bundle=os.fspath(wrong), max_retries=0)
    with Client(settings) as client, pytest.raises(Unreachable, match="certificate"):
        client.get_document("/candidates")
