"""Notes of candidates: a child stream that is a declaration and nothing else."""

from __future__ import annotations

import dataclasses
import json
import typing as t
from datetime import UTC, datetime

import pytest

from tap_compleetpersy.model.ids import generated_id
from tap_compleetpersy.sandbox.facts import Note
from tap_compleetpersy.sandbox.faults import Fault
from tests.attachments.conftest import Start
from tests.attachments.tenant import Tenant
from tests.singer import Message, Run, run_tap

STREAM = "candidate_notes"
LIST = "/notes"
MOMENT = datetime(2026, 3, 28, 13, 5, 11, tzinfo=UTC)
FIRST = Note("n1", "Ruft am Montag zurück", "Jana Özdemir", MOMENT, MOMENT)
SECOND = Note("n2", "Möchte nicht umziehen", "Jana Özdemir", MOMENT, MOMENT)
THIRD = Note("n3", "Zeugnis fehlt", "Max Ruß", MOMENT, MOMENT)


@pytest.fixture
def tenant(start: Start) -> Tenant:
    """Three people, the first of whom has two notes, the second one."""
    tenant = start()
    tenant.persy.notes.replace("1001", FIRST, SECOND)
    tenant.persy.notes.replace("1002", THIRD)
    tenant.persy.notes.replace("1003")
    tenant.settings = {"attachments_dir": None}
    return tenant


def notes(run: Run) -> dict[str, Message]:
    """Return the rows of notes by remote id, as an upsert leaves them."""
    return {record["remote_id"]: record for record in run.records(STREAM)}


def erased(run: Run) -> set[str]:
    """Return whose last row in a run is a tombstone without anything personal."""
    gone = {key for key, row in notes(run).items() if row["remote_deleted_at"] is not None}
    for key in gone:
        own = {"id", "remote_id", "changed_at", "remote_deleted_at"}
        assert {name for name, value in notes(run)[key].items() if value is not None} == own
    return gone


def test_they_are_off_unless_they_are_selected(tenant: Tenant) -> None:
    run = run_tap(tenant.config, tenant.folder)
    assert run.exit_code == 0
    assert run.of("SCHEMA", STREAM) == []
    assert tenant.asked(LIST) == []


def test_one_record_for_each_note(tenant: Tenant) -> None:
    rows = notes(tenant.sync())
    assert set(rows) == {"n1", "n2", "n3"}
    assert rows["n1"] == {
        "id": generated_id("", STREAM, "n1"),
        "remote_id": "n1",
        "changed_at": rows["n1"]["changed_at"],
        "candidate_id": generated_id("", "candidates", "1001"),
        "type": None,
        "subject": None,
        "text": "Ruft am Montag zurück",
        "author": "Jana Özdemir",
        "remote_created_at": "2026-03-28T13:05:11.000Z",
        "remote_updated_at": "2026-03-28T13:05:11.000Z",
        "remote_deleted_at": None,
    }


def test_a_delta_asks_for_who_was_updated_and_brings_what_they_have(tenant: Tenant) -> None:
    tenant.sync()
    tenant.asked(LIST)
    tenant.persy.notes.replace("1002", THIRD, dataclasses.replace(THIRD, remote_id="n4"))
    tenant.persy.store.edit("1002")
    assert set(notes(tenant.sync(lookback_seconds=0))) == {"n3", "n4"}
    assert tenant.asked(LIST) == ["/persy/api/v1/candidates/1002/notes"]


def test_an_edit_that_leaves_the_candidate_as_he_is_comes_with_the_next_complete_pass(
    tenant: Tenant,
) -> None:
    tenant.sync()
    tenant.persy.notes.replace("1001", dataclasses.replace(FIRST, text="Hat abgesagt"), SECOND)
    assert notes(tenant.sync(lookback_seconds=0)) == {}
    assert notes(tenant.complete_pass())["n1"]["text"] == "Hat abgesagt"


def test_a_note_that_was_deleted_is_a_tombstone(tenant: Tenant) -> None:
    tenant.sync()
    tenant.persy.notes.replace("1001", SECOND)
    run = tenant.complete_pass()
    assert erased(run) == {"n1"}
    assert erased(tenant.complete_pass()) == set()


def test_a_candidate_who_is_deleted_takes_the_notes_along(tenant: Tenant) -> None:
    tenant.sync()
    tenant.persy.store.delete("1001")
    assert erased(tenant.complete_pass()) == {"n1", "n2"}


def test_whom_the_filter_of_candidates_drops_nobody_asks_for_and_their_notes_are_erased(
    tenant: Tenant,
) -> None:
    tenant.sync()
    tenant.asked(LIST)
    maps = {"candidates": {"__filter__": "remote_id != '1001'"}}
    run = tenant.complete_pass(stream_maps=maps)
    assert erased(run) == {"n1", "n2"}
    assert "/persy/api/v1/candidates/1001/notes" not in tenant.asked(LIST)


def test_a_filter_of_notes_takes_out_what_it_no_longer_passes(tenant: Tenant) -> None:
    maps = {STREAM: {"__filter__": "text != 'Zeugnis fehlt'"}}
    tenant.sync()
    assert erased(tenant.complete_pass(stream_maps=maps)) == {"n3"}


def test_nobody_older_than_the_cutoff_is_asked_for(tenant: Tenant) -> None:
    tenant.persy.store.edit("1003", updated_at=datetime(2001, 1, 1, tzinfo=UTC))
    tenant.sync(cutoff_date="2010-01-01")
    assert "/persy/api/v1/candidates/1003/notes" not in tenant.asked(LIST)


@pytest.mark.parametrize("status", [403, 500])
def test_one_list_that_cannot_be_read_is_counted_and_asked_for_again(
    tenant: Tenant, status: int
) -> None:
    fault = Fault("status", status=status, times=None, path_contains="1001/notes")
    tenant.persy.faults.set(fault)
    run = tenant.sync()
    assert set(notes(run)) == {"n3"}
    assert len(run.records("candidates")) == 3
    assert "notes: the lists of 1 candidates could not be read" in run.log
    tenant.persy.faults.set()
    assert set(notes(tenant.sync(lookback_seconds=0))) == {"n1", "n2"}


def test_a_list_that_is_not_there_keeps_what_is_known(tenant: Tenant) -> None:
    tenant.sync()
    tenant.persy.faults.set(Fault("status", status=404, times=None, path_contains="1001/notes"))
    run = tenant.complete_pass()
    assert set(notes(run)) == {"n3"}
    assert "Notes: 1 of 2 candidates, 1 had no list" in run.log


def test_a_wrong_path_claims_nothing_and_names_the_setting(tenant: Tenant) -> None:
    run = tenant.sync(notes_path="/remarks/{candidate_id}")
    assert notes(run) == {}
    assert "notes_path: no candidate has such a list" in run.log
    assert run.state["bookmarks"][STREAM]["position"] is None
    assert set(notes(tenant.sync())) == {"n1", "n2", "n3"}


def test_a_path_of_the_users_own_leads_to_a_field(tenant: Tenant) -> None:
    paths: dict[str, t.Any] = {f"{STREAM}.subject": "Author"}
    assert notes(tenant.sync(field_paths=paths))["n1"]["subject"] == "Jana Özdemir"


def test_excluded_keys_leave_nowhere(tenant: Tenant) -> None:
    run = tenant.sync(exclude_fields=["Text"])
    assert notes(run)["n1"]["text"] is None
    assert "Montag" not in json.dumps(run.messages)
