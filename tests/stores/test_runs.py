"""The tap stores documents on real servers: once, again, edited, deleted, pruned, three hundred."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from tap_compleetpersy.files import open_store
from tests.attachments.conftest import Start
from tests.attachments.tenant import STREAM, Tenant
from tests.singer import SCRIPTS, bare_environment
from tests.source import ALWAYS_COMPLETE
from tests.stores.servers import STORES, Place

# Drivers leave connections to the end of the process.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

FAST = ("asyncssh-paramiko",)
OURS = {"singer_sdk", "tap-compleetpersy"}
KEPT_IN_A_PROCESS = "memory://"


class Runs:
    """Runs of the tap that store into a place, and what they have logged."""

    def __init__(self, tenant: Tenant, place: Place) -> None:
        self.tenant, self.place = tenant, place
        self.seconds, self.computed, self.kilobytes = 0.0, 0.0, 0.0
        self._written: list[str] = []
        self._ready = tenant.folder / "ready"
        self._ready.mkdir(exist_ok=True)
        (self._ready / "sitecustomize.py").write_text(place.ready)
        tenant.settings["attachments_dir"] = place.url

    def sync(self, exit_code: int = 0, **settings: t.Any) -> tuple[list[t.Any], str]:
        """Run the tap; return the rows of attachments and the log."""
        words = [str(SCRIPTS / "tap-compleetpersy"), "--config=ENV"]
        files = {"config": self.tenant.config | settings, "catalog": self.tenant.catalog}
        if self.tenant.state is not None:
            files["state"] = self.tenant.state
        for name, content in files.items():
            path = self.tenant.folder / f"{name}-of-the-run.json"
            path.write_text(json.dumps(content))
            words += [f"--{name}", str(path)]
        done = self._run([sys.executable, "-c", _MEASURED, *words])
        assert done.returncode == exit_code, done.stderr
        measured = map(float, done.stderr.splitlines()[-1].split())
        self.seconds, self.computed, self.kilobytes = measured
        messages = [json.loads(line) for line in done.stdout.splitlines()]
        states = [message["value"] for message in messages if message["type"] == "STATE"]
        self.tenant.state = states[-1] if states else self.tenant.state
        rows = [m["record"] for m in messages if m["type"] == "RECORD" and m["stream"] == STREAM]
        return rows, done.stderr

    def prune(self) -> str:
        """Remove what nobody needs; return what was removed."""
        state = self.tenant.folder / "state-to-prune.json"
        state.write_text(json.dumps(self.tenant.state))
        config = self.tenant.folder / "config-of-the-run.json"
        words = ["attachments", "--config", str(config), "--prune", self.place.url]
        done = self._run([str(SCRIPTS / "persy"), *words, "--state", str(state), "--write"])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def require_no_secret(self) -> None:
        """Fail when a row, a line of a log or the index holds a secret."""
        store = open_store(self.place.url, self.place.options, 60)
        (tenant,) = store.names("index")
        entries = [store.read(f"index/{tenant}/{name}") for name in store.names(f"index/{tenant}")]
        everything = "\n".join([*self._written, *(str(entry) for entry in entries)])
        for secret in self.place.secrets:
            assert secret not in everything

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        options = json.dumps(self.place.options)
        environment = {"PYTHONPATH": str(self._ready)} if self.place.ready else {}
        environment["TAP_COMPLEETPERSY_ATTACHMENTS_OPTIONS"] = options
        environment["TAP_COMPLEETPERSY_LOGLEVEL"] = "DEBUG"  # drivers say most there
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=self.tenant.folder,
            env=bare_environment() | environment,
            text=True,
            timeout=600,
        )
        self._written += [done.stdout, done.stderr]
        return done


_MEASURED = (
    "import resource, subprocess, sys, time; begun = time.monotonic(); "
    "code = subprocess.call(sys.argv[1:]); spent = time.monotonic() - begun; "
    "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
    "print(spent, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr); "
    "sys.exit(code)"
)


def life(runs: Runs) -> None:
    """Store, run again, edit, delete and prune."""
    tenant = runs.tenant
    rows, log = runs.sync()
    assert "3 stored, 0 unchanged, 0 not stored" in log
    store = open_store(runs.place.url, runs.place.options, 60)
    for row in rows:
        path = Path(row["file_path"])
        below = row["file_path"].removeprefix(f"{runs.place.url}/")
        content = path.read_bytes() if path.is_absolute() else store.read(below)
        assert sha256(content or b"").hexdigest() == row["sha256"]
    tenant.state = None
    _, log = runs.sync()
    assert "0 stored, 3 unchanged, 0 not stored" in log
    tenant.give("1001", "9", touch=True, updated_at=datetime.now(UTC), content=b"%PDF-2")
    _, log = runs.sync()
    assert "1 stored, 1 unchanged, 0 not stored" in log
    tenant.persy.store.delete("1002")
    rows, _ = runs.sync(full_sync_hours=ALWAYS_COMPLETE, deletion_limit_percent=100)
    assert [row["remote_id"] for row in rows if row["remote_deleted_at"]] == ["11"]
    assert len(runs.prune().splitlines()) == 2
    assert runs.prune() == ""
    runs.require_no_secret()
    # What was logged: the tap's own lines, and nothing that a driver had to say.
    assert {line.split("|")[2].split(".")[0].strip() for line in log.splitlines()[:-1]} <= OURS


@pytest.mark.full
@pytest.mark.parametrize("served", FAST, indirect=True)
def test_documents_live_and_die_in_a_store(place: Place, tenant: Tenant) -> None:
    life(Runs(tenant, place))


@pytest.mark.full
@pytest.mark.parametrize("served", sorted(set(STORES) - set(FAST) - {"memory"}), indirect=True)
def test_documents_live_and_die_in_every_store(place: Place, tenant: Tenant) -> None:
    life(Runs(tenant, place))


@pytest.mark.full
@pytest.mark.parametrize("served", ["memory"], indirect=True)
def test_what_is_in_memory_ends_with_the_run(place: Place, tenant: Tenant) -> None:
    assert place.url.startswith(KEPT_IN_A_PROCESS)
    for _ in range(2):
        tenant.state = None
        _, log = Runs(tenant, place).sync()
        assert "3 stored, 0 unchanged, 0 not stored" in log


@pytest.mark.parametrize("served", ["asyncssh-paramiko"], indirect=True)
def test_a_login_that_is_refused_ends_the_run_with_one_line(place: Place, tenant: Tenant) -> None:
    runs = Runs(tenant, Place(place.url, place.wrong or {}, ("wrong",), ready=place.ready))
    _, log = runs.sync(exit_code=1)
    assert "the login was refused. Check the credentials in attachments_options" in log
    assert place.options["password"] not in log
    assert "Traceback" not in log
    assert tenant.state is None or "position" not in str(tenant.state)


@pytest.mark.full
@pytest.mark.parametrize("served", sorted(set(STORES) - {"memory"}), indirect=True)
def test_three_hundred_documents_in_flat_memory(
    place: Place, start: Start, record_property: t.Callable[[str, object], None]
) -> None:
    few = stored(place.below("few"), start(10), 3)
    many = stored(place.below("many"), start(100), 3)
    none = stored(place.below("none"), start(100), 0)
    record_property("documents of 100 kB a second", round(300 / (many.seconds - none.seconds), 1))
    computed = (many.computed - none.computed) / 300
    record_property("ms of the tap's CPU a document", round(1000 * computed, 1))
    megabytes = [round(runs.kilobytes / 1024) for runs in (few, many)]
    record_property(f"MB with 30 documents, {megabytes[1]} with 300", megabytes[0])
    assert megabytes[1] < 1.3 * megabytes[0]


def stored(place: Place, tenant: Tenant, each: int) -> Runs:
    """Store so many documents of 100 kB for each candidate."""
    runs = Runs(tenant, place)
    candidates = tenant.persy.store.candidates()
    for candidate in candidates:
        for number in range(each):
            content = b"%PDF-" + os.urandom(100_000)
            tenant.give(candidate.remote_id, f"{candidate.remote_id}-{number}", content=content)
    _, log = runs.sync()
    assert f"{each * len(candidates)} stored, 0 unchanged, 0 not stored" in log
    if each:
        runs.require_no_secret()
    return runs
