"""ClickHouse's HTTP interface over chdb, which has none: `python chdb_server.py FOLDER PORT`.

Runs with chdb's packages. One statement at a time, for chdb's session is one.
"""

from __future__ import annotations

import sys
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

SESSION = Session(sys.argv[1])
ONE_AT_A_TIME = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """A statement in the body or the query, its answer in the form that it asks for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Say that the server is there."""
        self._answer(b"Ok.\n")

    def do_POST(self) -> None:
        """Run a statement."""
        asked = dict(parse_qsl(urlsplit(self.path).query))
        statement = "\n".join(filter(None, (asked.get("query"), self._body().decode())))
        with ONE_AT_A_TIME:
            try:
                SESSION.query(f"use {asked.get('database') or 'default'}")
                SESSION.query(f"set final = {asked.get('final', 0)}")
                form = asked.get("default_format", "TabSeparated")
                self._answer(bytes(SESSION.query(statement, form).bytes() or b""))
            except Exception as error:  # noqa: BLE001 - whatever it is, the client is told
                self._answer(str(error).encode(), 500)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts: list[bytes] = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, content: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: t.Any) -> None:
        """Keep quiet."""


SESSION.query("create database if not exists persy")
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
