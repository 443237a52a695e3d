"""What SFTP drivers leave undone: small pieces that wait, servers that replace no file."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.drivers import open_driver
from tests.stores.conftest import prepare
from tests.stores.servers import PARAMIKO, SSHFS, asyncssh
from tests.thinning import thinned

# Drivers leave connections to the end of the process.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.mark.parametrize("ready", thinned([PARAMIKO, SSHFS]), ids=["paramiko", "sshfs"])
def test_a_server_that_only_knows_the_standard_gets_files_moved_and_none_copied(
    tmp_path: Path, ready: str
) -> None:
    with asyncssh(tmp_path, ready, "sftp-plain") as place:
        prepare(place)
        store = open_store(place.url, place.options, 30)
        for content in (b"%PDF before", b"%PDF after"):
            with store.receiving() as incoming:
                incoming.write(content)
                incoming.keep("ab/c.pdf")
            assert store.read("ab/c.pdf") == content
        assert store.names("") == ["ab"]


def test_no_piece_waits_until_the_one_before_has_arrived(tmp_path: Path) -> None:
    with asyncssh(tmp_path, PARAMIKO) as place:
        prepare(place)
        connection = open_driver(place.url, place.options).files.client.get_transport().sock
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
