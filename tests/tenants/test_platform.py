"""Tenants on Dagster: who fails is named with the reason, all others are complete and exact."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.options import Options
from tests.tenants.platform import MODULE, Platform, platform
from tests.warehouse.postgres import SEGMENT, postgres_files, serving

TENANTS = {
    "acme": Options(candidates=30, seed=1),
    "globex": Options(candidates=20, seed=2, shape="german", pagination="offset"),
    "initech": Options(candidates=20, seed=3, shape="flat", auth="header"),
}
# Minutes, for Dagster and Meltano start anew for each tenant.
pytestmark = pytest.mark.full

NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
NOBODY = "http://127.0.0.1:9/persy/api/v1"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("platform"), TENANTS) as place:
        yield place


def is_exact(place: Platform, account: str) -> bool:
    return place.loaded(account) == place.expected(account)


def test_the_others_finish_and_who_fails_is_named(place: Platform) -> None:
    """A wrong key, and an API that is down."""
    down = {"api_url": NOBODY, "max_retries": 0}
    place.write_tenants(TENANTS, overrides={"initech": down}, retries=0)
    done = place.execute("sync", PERSY_KEY_GLOBEX="not-the-key")
    assert done.returncode == 1
    assert is_exact(place, "acme")
    assert "globex: GET /persy/api/v1/candidates: status 401; nothing is claimed." in done.stderr
    assert "initech: GET /persy/api/v1/candidates: the connection was refused" in done.stderr
    assert "not-the-key" not in done.stdout + done.stderr


def test_the_next_run_completes_them(place: Platform) -> None:
    place.write_tenants(TENANTS)
    done = place.materialize("globex", "initech")
    assert done.returncode == 0, done.stderr
    assert is_exact(place, "globex")
    assert is_exact(place, "initech")


def test_two_runs_of_a_tenant_at_once(place: Platform) -> None:
    """Meltano refuses the second; the first, ended from outside, costs the next run nothing."""
    place.write_tenants(TENANTS, retries=0)
    persy = place.tenants["acme"]
    persy.store.add(last_name="Größter")
    persy.requests.clear()
    persy.faults.set(Fault("stall", times=None))
    with place.started("acme") as first:
        while not persy.requests:
            assert first.poll() is None
        second = place.materialize("acme")
        first.send_signal(signal.SIGTERM)
        first.wait(60)
    assert second.returncode == 1
    assert "acme: Another 'dev:tap-compleetpersy-to-target-postgres:acme' pipeline" in second.stderr
    persy.faults.set()
    assert place.materialize("acme").returncode == 0
    assert is_exact(place, "acme")


def test_a_full_disk(tmp_path: Path) -> None:
    """Who fits is complete; who does not is named, and completed when there is room."""
    tenants = {
        "acme": Options(candidates=20, now=NOW),
        "globex": Options(candidates=2_000, seed=2, now=NOW),
    }
    with postgres_files() as files:
        with (
            serving(files, largest_file=SEGMENT) as full,
            platform(tmp_path, tenants, full) as place,
        ):
            place.write_tenants(tenants, retries=0)
            small, large = place.materialize("acme"), place.materialize("globex")
            assert (small.returncode, large.returncode) == (0, 1), small.stderr[-3000:]
            assert "globex: target-postgres: " in large.stderr
            assert "could not extend file" in large.stderr
            assert is_exact(place, "acme")
        with serving(files) as roomy, platform(tmp_path, tenants, roomy) as place:
            place.write_tenants(tenants, retries=0)
            assert place.materialize("globex").returncode == 0
            assert is_exact(place, "globex")


def test_a_month_is_read_beside_the_position(tmp_path: Path) -> None:
    """A backfill brings what was updated in the month, and the position does not know of it."""
    with platform(tmp_path, {"acme": TENANTS["acme"]}) as place:
        place.write_tenants(["acme"], history_from="2020-01-01")
        people = place.tenants["acme"].store.candidates()
        months = {one.remote_id: f"{one.updated_at.astimezone(UTC):%Y-%m}" for one in people}
        month = min(months.values())
        words = ("--select", 'key:"acme/history"', "--partition", f"{month}-01")
        done = place.command("dagster", "asset", "materialize", *MODULE, *words)
        assert done.returncode == 0, done.stderr
        expected = {remote_id for remote_id, its in months.items() if its == month}
        assert place.loaded("acme")["candidates"].keys() == expected
        assert [*place.states()] == [f"dev:tap-compleetpersy-to-target-postgres:acme-{month}"]
        assert place.materialize("acme").returncode == 0
        assert is_exact(place, "acme")


def test_a_tenant_has_views_and_leaves_completely(place: Platform) -> None:
    place.write_tenants(TENANTS)
    assert place.materialize("globex").returncode == 0
    done = place.execute("models")
    assert done.returncode == 0, done.stderr
    rows = {account: place.loaded(account) for account in TENANTS}
    assert [(len(rows["globex"]["candidates"]),)] == place.rows(
        "select count(*) from persy_globex.candidates where remote_deleted_at is null"
    )

    shown = place.command("persy-tenants", "remove", "globex").stdout
    assert f"{len(rows['globex']['applications']):>12,} rows of applications" in shown
    assert "schema of views, persy_globex" in shown
    assert "state, dev:tap-compleetpersy-to-target-postgres:globex" in shown
    assert "1 runs in Dagster, with their logs" in shown
    assert place.loaded("globex") == rows["globex"]

    refused = place.command("persy-tenants", "remove", "globex", "--write")
    assert refused.returncode == 1
    assert "globex is in the tenants file" in refused.stderr
    assert place.loaded("globex") == rows["globex"]

    logs = place.folder / "home" / "storage"
    kept = {path for path in logs.rglob("*.err") if b"globex" in path.read_bytes()}
    place.write_tenants(["acme", "initech"])
    left = place.command("persy-tenants", "remove", "globex", "--write")
    assert left.returncode == 0, left.stdout + left.stderr
    assert place.command("persy-tenants", "remove", "globex").stdout == (
        "There is nothing of globex.\n"
    )
    rows["globex"] = {name: {} for name in rows["globex"]}
    assert {account: place.loaded(account) for account in TENANTS} == rows
    assert not [state for state in place.states() if "globex" in state]
    assert not (place.folder / "runs" / "globex").exists()
    assert len([path for path in kept if path.exists()]) < len(kept)
