"""Servers of files that are Python: ``python -m tests.stores.serve KIND PORT FOLDER``.

Each knows the user `hr`, who may do everything, and `reader`, who may only read.
"""

from __future__ import annotations

import asyncio
import functools
import io
import logging
import os
import sys
import typing as t
from pathlib import Path

PASSWORDS = {"hr": "Geheim-4711!", "reader": "Lese-0815!"}


def ftp(port: int, folder: Path) -> None:
    """Serve FTP with pyftpdlib."""
    from pyftpdlib.authorizers import DummyAuthorizer  # noqa: PLC0415 - one of several
    from pyftpdlib.handlers import FTPHandler, ThrottledDTPHandler  # noqa: PLC0415
    from pyftpdlib.servers import FTPServer  # noqa: PLC0415

    rights = DummyAuthorizer()
    rights.add_user("hr", PASSWORDS["hr"], str(folder), perm="elradfmwMT")
    rights.add_user("reader", PASSWORDS["reader"], str(folder), perm="elr")
    # Slow enough that a test can see a part of a large document.
    slow = type("Slow", (ThrottledDTPHandler,), {"read_limit": 3_000_000})
    facts = {"authorizer": rights, "auth_failed_timeout": 0, "dtp_handler": slow}
    handler = type("Handler", (FTPHandler,), facts)
    FTPServer(("127.0.0.1", port), handler).serve_forever()


def webdav(port: int, folder: Path) -> None:
    """Serve WebDAV with wsgidav: `/` for `hr`, `/ro/` for nobody to write to."""
    from cheroot.wsgi import Server  # noqa: PLC0415
    from wsgidav.wsgidav_app import WsgiDAVApp  # noqa: PLC0415

    users = {name: {"password": password} for name, password in PASSWORDS.items()}
    application = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(folder), "/ro": {"root": str(folder), "readonly": True}},
            "simple_dc": {"user_mapping": {"*": users}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False},
            "logging": {"enable": False},
            "verbose": 0,
        }
    )
    Server(("127.0.0.1", port), application, numthreads=16).start()


def _kinds() -> tuple[t.Any, t.Any]:
    """Return what serves who may only read, and what only knows the standard."""
    import asyncssh  # noqa: PLC0415

    refusal = asyncssh.SFTPPermissionDenied("read-only")

    class ReadOnly(asyncssh.SFTPServer):
        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if pflags & asyncssh.FXF_WRITE:
                raise refusal
            return super().open(path, pflags, attrs)

        def mkdir(self, _path: bytes, _attrs: asyncssh.SFTPAttrs) -> None:
            raise refusal

    class Plain(asyncssh.SFTPServer):
        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if pflags & asyncssh.FXF_WRITE and b"/partial-" not in path:
                raise refusal
            return super().open(path, pflags, attrs)

        def posix_rename(self, _old: bytes, _new: bytes) -> None:
            raise NotImplementedError

    return ReadOnly, Plain


def sftp(port: int, folder: Path, *, plain: bool = False) -> None:
    """Serve SFTP with asyncssh, by passwords.

    Args:
        port: Where to listen.
        folder: What `/` is.
        plain: As servers on Windows do, nothing beyond version 3: a name that is taken stays. And
            nothing may be written but to a name that tells that it is not whole.
    """
    import asyncssh  # noqa: PLC0415

    class Gate(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return bool(username)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return PASSWORDS.get(username) == password

    ReadOnly, Plain = _kinds()  # noqa: N806 - classes

    def serving(channel: t.Any) -> t.Any:
        user = channel.get_connection().get_extra_info("username")
        kind = ReadOnly if user == "reader" else Plain if plain else asyncssh.SFTPServer
        return kind(channel, chroot=os.fsencode(folder))

    async def serve() -> None:
        await asyncssh.create_server(
            Gate,
            "127.0.0.1",
            port,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            sftp_factory=serving,
        )
        await asyncio.Event().wait()

    asyncio.run(serve())


def s3(port: int, _: Path) -> None:
    """Serve the API of S3 with moto, over connections that stay open, as the service's do."""
    from cheroot.wsgi import Server  # noqa: PLC0415 - one of several
    from moto.moto_server import werkzeug_app  # noqa: PLC0415

    application = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)

    def whole(environ: t.Any, start: t.Any) -> t.Any:
        """Refuse, as the service does, a request that broke off; moto would store it."""
        body = environ["wsgi.input"].read()
        told = environ.get("CONTENT_LENGTH")
        if told and len(body) < int(told):
            raise ConnectionAbortedError
        environ["wsgi.input"] = io.BytesIO(body)
        return application(environ, start)

    Server(("127.0.0.1", port), whole, numthreads=16).start()


def gcs(port: int, _: Path) -> None:
    """Serve the API of Google Cloud Storage with an emulator, in memory."""
    from gcp_storage_emulator import server as emulator  # noqa: PLC0415

    read = emulator._read_raw_data  # noqa: SLF001

    def read_whole(handler: t.Any) -> t.Any:
        """Refuse, as the service does, a request that broke off; the emulator would store it."""
        body = read(handler)
        told = handler.headers.get("Content-Length")
        if told and len(body) < int(told):
            raise ConnectionAbortedError
        return body

    emulator._read_raw_data = read_whole  # noqa: SLF001
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="attachments")
    server.run()


def main() -> None:
    """Serve until the process is ended."""
    kind, port, folder = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    serve: dict[str, t.Callable[[int, Path], None]] = {
        "ftp": ftp,
        "webdav": webdav,
        "sftp": sftp,
        "sftp-plain": functools.partial(sftp, plain=True),
        "gcs": gcs,
        "s3": s3,
    }
    serve[kind](int(port), Path(folder))


if __name__ == "__main__":
    main()
