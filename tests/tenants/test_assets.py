"""What Dagster knows of a stream after a run, and what a broken tenant holds back: nothing."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator

import pytest

from tap_compleetpersy.sandbox.options import Options
from tests.tenants.platform import Platform, platform

pytestmark = pytest.mark.full

TENANTS = {name: Options(candidates=20, seed=seed) for seed, name in enumerate(("acme", "globex"))}
METADATA = """
import json, sys
import dagster as dg
instance = dg.DagsterInstance.get()
found = {}
for words in sys.argv[1:]:
    event = instance.get_latest_materialization_event(dg.AssetKey(words.split("/")))
    metadata = event.asset_materialization.metadata
    found[words] = {name: str(value.value) for name, value in metadata.items()}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("assets"), TENANTS) as place:
        yield place


def metadata(place: Platform, asset: str) -> dict[str, t.Any]:
    """Return what the last run of an asset said."""
    shown = place.command("python", "-c", METADATA, asset)
    assert shown.returncode == 0, shown.stderr
    return t.cast("dict[str, t.Any]", json.loads(shown.stdout)[asset])


def test_two_first_runs_at_once_share_a_fresh_database(place: Platform) -> None:
    done = place.execute("sync")  # two at a time
    assert done.returncode == 0, done.stderr[-5000:]
    assert "STEP_UP_FOR_RETRY" not in done.stderr
    assert sorted(place.states()) == [
        f"dev:tap-compleetpersy-to-target-postgres:{account}" for account in TENANTS
    ]


def test_an_asset_shows_what_the_run_did(place: Platform) -> None:
    store = place.tenants["acme"].store
    gone, *_ = store.candidates()
    store.delete(gone.remote_id)
    place.write_tenants(TENANTS, settings={"full_sync_hours": 0.0001})
    assert place.materialize("acme").returncode == 0
    shown = metadata(place, "acme/candidates")
    assert shown["rows"] == "19"
    assert shown["deletions"] == "1"
    assert shown["records"] == "20"
    assert float(shown["seconds"]) > 0
    newest = max(person.updated_at for person in store.candidates())
    assert float(shown["position"]) == newest.timestamp()
    assert int(shown["warnings"]) >= 1
    assert "Not understood and left null" in shown["what it warned of"]
    assert metadata(place, "acme/jobs")["rows"] == str(len(place.expected("acme")["jobs"]))


def test_rows_of_one_tenant_that_fail_a_test_hold_back_nobody(place: Platform) -> None:
    lost = "(select min(candidate_id) from persy.applications where account = 'globex')"
    place.rows(f"delete from persy.candidates where id in {lost} returning id")  # noqa: S608
    done = place.execute("models", PERSY_KEY_GLOBEX="not-the-key")
    assert done.returncode == 0, done.stderr[-5000:]
    assert "applications_candidate_id" in done.stderr
    people = place.rows("select count(*) from persy_models.stg_persy__people where account='acme'")
    assert people == [(19,)]
    hired = place.rows("select count(*) from persy_models.persy__applications where account='acme'")
    assert hired == [(len(place.expected("acme")["applications"]),)]
