"""Runs of ``meltano run``, as on a laptop: one folder, one state and one window for each."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import typing as t
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TAP = "tap-compleetpersy"
PLUGINS = ("extractors", "loaders", "utilities")
OWN_LOG = Path(".meltano") / "log"
LEFT = ("*.csv*", "*/*.config.json")
"""In the folder of runs: batches of failed loads, and settings of plugins that were killed."""
HOPELESS = re.compile(r"status 40[13]\b|^Config validation failed|missing|the key is not in")
"""What another try in a minute does not mend."""
_EXCEPTION = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Violation|Full|Failure|Shutdown)\b: .+")
_QUOTING = ("Traceback", "DETAIL", "CONTEXT")
"""How lines begin that may hold a row."""
_BAD = frozenset({"error", "critical"})
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    Attributes:
        records: Stream to number of records.
        reason: Why it failed, in one line; None when it did not.
        warnings: What the tap warned of; it names nobody.
        seconds: How long it took.
    """

    records: Mapping[str, int]
    reason: str | None
    warnings: tuple[str, ...] = ()
    seconds: float = 0

    @property
    def is_hopeless(self) -> bool:
        """Whether somebody has to mend something before another try."""
        return bool(self.reason and HOPELESS.search(self.reason))


@dataclass(frozen=True, slots=True)
class Meltano:
    """An installed Meltano project, and where runs have their folders.

    Attributes:
        project: Folder with `meltano.yml` and, in `.meltano`, the installed plugins.
        folders: Folder in which each tenant has one: a plugin keeps its catalog there, so two
            tenants must not share it.
    """

    project: Path
    folders: Path

    def run(self, name: str, *words: str, environment: Mapping[str, str]) -> Outcome:
        """Run ``meltano run`` to its end, and pass on what it logs.

        Args:
            name: Of the folder: the account, or what belongs to nobody.
            words: Of the command, such as the names of plugins.
            environment: Variables beside those of this process.
        """
        self.make_database()
        folder = self.prepare(name)
        # At the level debug, Meltano would log every record.
        logging = ("--log-level", "info", "--log-format", "json")
        command = [self.program, *logging, "run", "--no-install", *words]
        # Meltano's own log, which may quote a row: what is worth keeping of it, Dagster keeps.
        own_log = {"XDG_STATE_HOME": str(folder / OWN_LOG)}
        variables = self.variables | own_log | dict(environment)
        heard, start = _Heard(), time.monotonic()
        with _tidied(folder), _running(command, folder, variables) as process:
            for line in t.cast("t.IO[str]", process.stdout):
                sys.stderr.write(heard.listen(line))
        reason = heard.reason(process.returncode) if process.returncode else None
        return Outcome(heard.records, reason, tuple(heard.warnings), time.monotonic() - start)

    def make_database(self) -> None:
        """Let Meltano make its tables, which two first runs at once would both begin to make.

        It is done once for each database and each installed Meltano.
        """
        self.folders.mkdir(parents=True, exist_ok=True, mode=0o700)
        program = Path(shutil.which(self.program) or self.program)
        known = f"{self.variables['MELTANO_DATABASE_URI']} {program.stat().st_mtime_ns}"
        with (self.folders / "database.made").open("a+") as made:
            fcntl.flock(made, fcntl.LOCK_EX)
            made.seek(0)
            # A hash, for the address may have a password.
            if made.read() != (wanted := hashlib.sha256(known.encode()).hexdigest()):
                self.states()
                made.truncate(0)
                made.write(wanted)

    def states(self) -> list[str]:
        """List the ids of all states."""
        return self._state("list").split()

    def clear_state(self, state_id: str) -> None:
        """Forget a state, if it is there."""
        self._state("clear", "--force", state_id)

    def _state(self, *words: str) -> str:
        done = subprocess.run(
            [self.program, "--log-level", "error", "state", *words],
            cwd=self.prepare("models"),
            env=self.variables,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    @property
    def variables(self) -> dict[str, str]:
        """Those of this process; without a database of their own, tenants share a file."""
        database = f"sqlite:///{self.folders / 'meltano.db'}"
        return {"MELTANO_DATABASE_URI": database} | os.environ

    @property
    def program(self) -> str:
        """The command: the project's own, else the one on the search path."""
        own = self.project / ".venv-meltano" / "bin" / "meltano"
        return str(own) if own.exists() else "meltano"

    def prepare(self, name: str) -> Path:
        """Make the folder of a tenant: the project's definitions and plugins, its own catalog."""
        folder = self.folders / name
        (folder / ".meltano").mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(self.project / "meltano.yml", folder / "meltano.yml")
        for part in ("pyproject.toml", "requirements", "dbt", "deploy"):
            _link(folder / part, self.project / part)
        for kind in PLUGINS:
            _link(folder / ".meltano" / kind, self.project / ".meltano" / kind)
        return folder


def _link(link: Path, target: Path) -> None:
    if target.exists() and not link.is_symlink():
        link.symlink_to(target)


@contextmanager
def _tidied(folder: Path) -> Iterator[None]:
    """Remove before and after a run what one leaves of people and of the key, killed or not.

    Who is not alone in the folder removes nothing: Meltano refuses the second run of a tenant.
    """
    with (folder / ".meltano" / "running").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield
            return
        _tidy(folder)
        try:
            yield
        finally:
            _tidy(folder)


def _tidy(folder: Path) -> None:
    shutil.rmtree(folder / OWN_LOG, ignore_errors=True)
    for left in LEFT:
        for path in (folder / ".meltano" / "run").glob(left):
            path.unlink(missing_ok=True)


@contextmanager
def _running(
    command: list[str], folder: Path, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a command for the time of a block; who leaves early ends all that it started."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        umask=0o077,
    ) as process:
        try:
            yield process
        except BaseException:
            # The tap ends with whole lines and a true STATE, while somebody hears what it says.
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate()
            raise


@dataclass
class _Heard:
    """What Meltano's log, lines of JSON, says of a run.

    A target that fails may quote the row that it could not write, in its traceback or before
    it: from its first sign of failing, nothing is passed on but the reason.
    """

    records: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    hides: bool = False
    of_tap: str | None = None
    of_target: str | None = None
    last: str | None = None

    def listen(self, line: str) -> str:
        """Take in one line, and answer it for people."""
        try:
            event = json.loads(line)
            text = str(event["event"])
        except (ValueError, KeyError, TypeError):
            return line
        plugin, level = event.get("name", "meltano"), event.get("level", "info")
        metric = event.get("metric_info") or {}
        if metric.get("metric") == "record_count" and plugin == TAP:
            stream = metric["tags"]["stream"]
            self.records[stream] = self.records.get(stream, 0) + metric["value"]
            text = f"{metric['value']} records of {stream}"
        elif text == "METRIC":
            return ""
        elif plugin == TAP and level in _BAD:
            self.of_tap = text
        elif plugin == TAP and level == "warning":
            self.warnings.append(text)
        elif event.get("consumer"):
            found = _EXCEPTION.search(text)
            # PostgreSQL's DETAIL, with the row, may come before any traceback.
            self.hides |= bool(found) or level in _BAD or text.startswith(_QUOTING)
            if found:
                self.of_target = f"{plugin}: {_QUOTED.sub('…', found[0])}"
            if self.hides:
                return ""
        elif plugin == "meltano" and level in _BAD:
            self.last = str(event.get("err") or text).partition("\n")[0]
        return f"{level:8} {plugin}: {text}\n"

    def reason(self, code: int) -> str:
        """Return in one line why it failed; values that a target quotes are left out."""
        return (
            self.of_tap or self.of_target or self.last or f"meltano ended with exit code {code}"
        )[:500]
