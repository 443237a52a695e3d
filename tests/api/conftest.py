from __future__ import annotations

import typing as t
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.settings import Settings, read_settings
from tests.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the client would have waited."""
    return []


class ClientOf(t.Protocol):
    def __call__(self, **settings: object) -> Client: ...


@pytest.fixture
def settings_of(server: Server) -> t.Callable[..., Settings]:
    url = server.url

    def settings(**given: object) -> Settings:
        return read_settings({"api_key": "s3cret", "api_url": url, **given})

    return settings


@pytest.fixture
def client_of(settings_of: t.Callable[..., Settings], waits: list[float]) -> Iterator[ClientOf]:
    """Make clients of the server, which never really wait."""
    with ExitStack() as stack:

        def client(**given: object) -> Client:
            return stack.enter_context(Client(settings_of(**given), wait=waits.append))

        yield client
