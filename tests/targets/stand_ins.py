"""Servers that targets load into; some stand in for Elasticsearch and ClickHouse."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import typing as t
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.stores import servers
from tests.targets.environments import environment
from tests.targets.reading import Contents
from tests.targets.story import STREAMS, Row, Tables
from tests.warehouse.postgres import Postgres, running_postgres

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of moto.

    Attributes:
        options: endpoint_url, key and secret.
    """

    options: Mapping[str, t.Any]
    name: str = "attachments"

    @property
    def variables(self) -> dict[str, str]:
        """What boto3 reads from the environment."""
        return {
            "AWS_ACCESS_KEY_ID": self.options["key"],
            "AWS_SECRET_ACCESS_KEY": self.options["secret"],
            "AWS_ENDPOINT_URL": self.options["endpoint_url"],
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def contents(self) -> Contents:
        """Return the objects, those written first by name first."""
        import boto3  # noqa: PLC0415 - slow to import

        client = boto3.client(
            "s3",
            endpoint_url=self.options["endpoint_url"],
            region_name="us-east-1",
            aws_access_key_id=self.options["key"],
            aws_secret_access_key=self.options["secret"],
        )
        listed = client.list_objects_v2(Bucket=self.name).get("Contents", [])
        listed.sort(key=lambda each: each["LastModified"])
        return {
            f"{number:04}-{each['Key']}": client.get_object(Bucket=self.name, Key=each["Key"])[
                "Body"
            ].read()
            for number, each in enumerate(listed)
        }


@contextlib.contextmanager
def moto(folder: Path) -> Iterator[Bucket]:
    """Yield a bucket."""
    with servers.s3(folder) as place:
        yield Bucket(place.options)


@dataclass(frozen=True, slots=True)
class Redshift:
    """PostgreSQL in its place, and the bucket that it would read."""

    postgres: Postgres
    bucket: Bucket


@contextlib.contextmanager
def redshift(folder: Path) -> Iterator[Redshift]:
    """Yield both."""
    with running_postgres() as server, moto(folder) as bucket:
        yield Redshift(server, bucket)


@dataclass(frozen=True, slots=True)
class Emulator:
    """The emulator of Google Cloud Storage."""

    url: str
    name: str = "attachments"

    def contents(self) -> Contents:
        """Return the objects."""
        base = f"{self.url}/storage/v1/b/{self.name}/o"
        items = json.loads(_get(base)).get("items", [])
        items.sort(key=lambda each: each["timeCreated"])
        return {
            f"{number:04}-{each['name']}": _get(
                f"{base}/{urllib.parse.quote(each['name'], safe='')}?alt=media"
            )
            for number, each in enumerate(items)
        }


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - http, to this machine
        return t.cast("bytes", answer.read())


@contextlib.contextmanager
def gcs(folder: Path) -> Iterator[Emulator]:
    """Yield the emulator."""
    with servers.python("gcs", folder) as (port, _):
        yield Emulator(f"http://127.0.0.1:{port}")


@dataclass(frozen=True, slots=True)
class MariaDb:
    """A server of Debian's MariaDB, reached by its socket and a port."""

    port: int
    user: str = "persy"
    password: str = "any"  # noqa: S105 - of a server on this machine


@contextlib.contextmanager
def mariadb(folder: Path, characters: str = "utf8mb4") -> Iterator[MariaDb]:
    """Yield a server with an empty database `persy`; others have the character set given."""
    data, socket = folder / "data", folder / "socket"
    temporary = folder / "tmp"  # two servers that start at once take each other's files
    temporary.mkdir()
    install = [
        "mariadb-install-db",
        "--no-defaults",
        f"--datadir={data}",
        f"--tmpdir={temporary}",
        "--auth-root-authentication-method=normal",
    ]
    subprocess.run([*install, "--user=root"], check=True, capture_output=True)
    port = servers.free_port()
    command = [
        *(servers.program("mariadbd"), "--no-defaults", "--user=root", f"--datadir={data}"),
        f"--tmpdir={temporary}",
        f"--character-set-server={characters}",
        *(f"--socket={socket}", f"--port={port}", "--bind-address=127.0.0.1"),
    ]
    with servers.process(command, port, folder / "log"):
        own = MariaDb(port)
        sql = (
            "create database persy character set utf8mb4;"
            f"create user '{own.user}'@'127.0.0.1' identified by '{own.password}';"
            f"create user '{own.user}'@'localhost' identified by '{own.password}';"
            f"grant all on `persy%`.* to '{own.user}'@'127.0.0.1';"
            f"grant all on `persy%`.* to '{own.user}'@'localhost';"
        )
        subprocess.run(
            [
                servers.program("mariadb"),
                "--no-defaults",
                f"--socket={socket}",
                "-u",
                "root",
                "-e",
                sql,
            ],
            check=True,
            capture_output=True,
        )
        yield own


@dataclass(frozen=True, slots=True)
class ClickHouse:
    """chdb behind the HTTP interface of ClickHouse."""

    port: int

    def ask(self, statement: str) -> bytes:
        """Return what it answers."""
        url = f"http://127.0.0.1:{self.port}/?database=persy"
        with urllib.request.urlopen(url, statement.encode()) as answer:
            return t.cast("bytes", answer.read())

    def tables(self) -> Tables:
        """Return the rows of the streams, the last version of each."""
        return {
            stream: [
                json.loads(line)
                for line in self.ask(
                    f"select * from {stream} final format JSONEachRow"  # noqa: S608
                ).splitlines()
            ]
            for stream in STREAMS
        }


@contextlib.contextmanager
def clickhouse(folder: Path) -> Iterator[ClickHouse]:
    """Yield one with an empty database `persy`."""
    port, python = servers.free_port(), str(environment("chdb"))
    command = [python, str(PROGRAMS / "chdb_server.py"), str(folder / "base"), str(port)]
    with servers.process(command, port, folder / "log"):
        yield ClickHouse(port)


@dataclass
class Index:
    """What an Elasticsearch keeps: documents by index and id.

    Attributes:
        port: Where it listens.
        documents: By index; those without an id get a number.
    """

    port: int = 0
    documents: dict[str, dict[str, Row]] = field(default_factory=dict)

    def take(self, lines: list[bytes]) -> list[Row]:
        """Do the actions of a bulk request and return its items."""
        items: list[Row] = []
        words = iter(lines)
        for line in words:
            (action, about), source = next(iter(json.loads(line).items())), json.loads(next(words))
            index = self.documents.setdefault(about["_index"], {})
            key = about.get("_id") or f"{len(index):06}"
            index[key] = source
            items.append({action: {"_index": about["_index"], "_id": key, "status": 201}})
        return items

    def tables(self) -> Tables:
        """Return the documents of the streams."""
        return {
            stream: [
                row
                for name, index in self.documents.items()
                if stream in name
                for row in index.values()
            ]
            for stream in STREAMS
        }


@contextlib.contextmanager
def elasticsearch(_: Path) -> Iterator[Index]:
    """Yield an index that answers what the target asks: the product, HEAD, PUT and _bulk."""
    index = Index()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, body: object, status: int = 200) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            accepted = self.headers.get("Accept", "application/json").split(",")[0]
            self.send_header("Content-Type", accepted)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def do_GET(self) -> None:
            name = self.path.strip("/").split("/")[0]
            version = {"number": "9.2.0", "build_flavor": "default"}
            self._answer({"version": version} if not name else {name: {"mappings": {}}})

        def do_HEAD(self) -> None:
            self._answer({}, 200 if self.path.strip("/") in index.documents else 404)

        def do_PUT(self) -> None:
            if "_bulk" in self.path:
                return self.do_POST()
            self._body()
            index.documents.setdefault(self.path.strip("/").split("?")[0], {})
            return self._answer({"acknowledged": True})

        def do_POST(self) -> None:
            lines = [line for line in self._body().split(b"\n") if line]
            self._answer(
                {"errors": False, "items": index.take(lines) if "_bulk" in self.path else []}
            )

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    index.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
