from __future__ import annotations

import gc
import sys
import uuid
import warnings
from collections.abc import Iterator

import pytest

from tests.attachments.conftest import start, tenant
from tests.stores.servers import STORES, Place

__all__ = ["start", "tenant"]


FURTHER = {"openssh-sshfs", "asyncssh-paramiko", "rclone", "simplecache", "dir"}
"""Second drivers and servers of a protocol, and wrappers: they run in `make test-full`."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=pytest.mark.full) if name in FURTHER else name for name in STORES
    ],
)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Serve one kind of store for the tests of a module."""
    with STORES[request.param](tmp_path_factory.mktemp(request.param)) as place:
        yield place


@pytest.fixture
def place(served: Place) -> Iterator[Place]:
    """Yield a folder of its own in the store, with the driver that the store is meant for."""
    prepare(served)
    own = uuid.uuid4().hex
    # moto takes the signature of no other name for right, and URLs of WebDAV have an end there.
    plain = served.url.startswith(("s3://", "webdav://"))
    yield served.below(own if plain else f"Büro {own} (Müller & Söhne), #1")
    prepare(served)
    with warnings.catch_warnings(action="ignore"):  # drivers leave it to the system to disconnect
        gc.collect()


def prepare(place: Place) -> None:
    """Make this process choose the driver of a place, and forget what it knows of others."""
    exec(place.ready)  # noqa: S102 - words of the tests
    if smbclient := sys.modules.get("smbclient"):
        smbclient.reset_connection_cache()  # a session outlives the password that it was made with
