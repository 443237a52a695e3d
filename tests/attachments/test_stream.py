"""The stream of attachments: who is asked for, what is emitted, what is deleted."""

from __future__ import annotations

import copy
import typing as t
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tap_compleetpersy.model.ids import generated_id
from tap_compleetpersy.sandbox.faults import Fault
from tests.attachments.conftest import Start
from tests.attachments.tenant import STREAM, Tenant, attachments
from tests.catalog import deselect
from tests.singer import Message, discover, run_tap
from tests.thinning import thinned

LIST = "/attachments"
CONTENT = "/content"
MOMENT = datetime(2026, 3, 28, 13, 5, 11, tzinfo=UTC)


def test_it_is_off_unless_it_is_selected(tenant: Tenant) -> None:
    run = run_tap(tenant.config, tenant.folder)
    assert run.exit_code == 0
    assert run.of("SCHEMA", STREAM) == []
    assert tenant.asked(LIST) == []


def test_one_record_for_each_attachment(tenant: Tenant) -> None:
    opening = tenant.persy.store.candidate("1001").openings[0].remote_id
    tenant.give("1001", "9", opening_id=opening, created_at=MOMENT, content_type="application/pdf")
    tenant.give("1001", "10", opening_id="no opening of hers")
    run = tenant.sync()
    rows = attachments(run)
    assert set(rows) == {"9", "10", "11"}
    assert rows["9"] == {
        "id": generated_id("", STREAM, "9"),
        "remote_id": "9",
        "changed_at": rows["9"]["changed_at"],
        "candidate_id": generated_id("", "candidates", "1001"),
        "application_id": generated_id("", "applications", f"1001/{opening}"),
        "type": "CV",
        "data_url": f"{tenant.persy.url}/candidates/1001/attachments/9/content",
        "file_name": "Lebenslauf.pdf",
        "content_type": "application/pdf",
        "remote_created_at": "2026-03-28T13:05:11.000Z",
        "remote_updated_at": None,
        "remote_deleted_at": None,
        "file_path": rows["9"]["file_path"],
        "sha256": sha256(b"%PDF-1").hexdigest(),
        "size_bytes": 6,
    }
    assert rows["9"]["application_id"] in run.rows("applications")
    assert rows["10"]["application_id"] is None
    assert {key: rows[key]["type"] for key in rows} == {
        "9": "CV",
        "10": "COVER_LETTER",
        "11": "OTHER",
    }


def test_the_content_lies_where_the_record_says_under_its_own_hash(tenant: Tenant) -> None:
    row = attachments(tenant.sync())["9"]
    digest = sha256(b"%PDF-1").hexdigest()
    assert row["file_path"] == f"{tenant.files}/{digest[:2]}/{digest}.pdf"
    assert Path(row["file_path"]).read_bytes() == b"%PDF-1"


def test_without_a_folder_there_is_no_content_and_no_column_for_it(tenant: Tenant) -> None:
    tenant.settings["attachments_dir"] = None
    run = tenant.sync()
    assert "file_path" not in attachments(run)["9"]
    (schema,) = run.of("SCHEMA", STREAM)
    assert not {"file_path", "sha256", "size_bytes"} & schema["schema"]["properties"].keys()
    assert tenant.asked(CONTENT) == []


def test_only_who_is_newer_than_the_streams_position_is_asked_for(tenant: Tenant) -> None:
    tenant.sync()
    assert len(tenant.asked(LIST)) > 0
    tenant.complete_pass()
    assert tenant.asked(LIST) == []
    tenant.give("1002", "12", touch=True)
    run = tenant.sync()
    assert set(attachments(run)) == {"11", "12"}
    assert [path for path in tenant.asked(LIST) if path.endswith(LIST)] == [
        "/persy/api/v1/candidates/1002/attachments"
    ]


def test_a_stream_that_is_selected_later_gets_its_whole_history(tenant: Tenant) -> None:
    run = run_tap(tenant.config, tenant.folder)
    tenant.state = run.state
    assert set(attachments(tenant.sync())) == {"9", "10", "11"}


def test_what_vanishes_gets_a_tombstone_as_soon_as_its_candidate_is_asked_for(
    tenant: Tenant,
) -> None:
    tenant.sync()
    tenant.persy.store.remove_attachment("1001", "10")
    run = tenant.sync()
    rows = attachments(run)
    gone = rows.pop("10")
    assert set(rows) == {"9"}
    assert gone == dict.fromkeys(gone) | {
        "id": generated_id("", STREAM, "10"),
        "remote_id": "10",
        "changed_at": run.records("candidates")[0]["changed_at"],
        "remote_deleted_at": gone["changed_at"],
    }


def test_a_deleted_candidate_takes_the_attachments_along(tenant: Tenant) -> None:
    tenant.sync()
    tenant.persy.store.delete("1001")
    rows = attachments(tenant.complete_pass())
    assert {key for key, row in rows.items() if row["remote_deleted_at"]} == {"9", "10"}
    assert set(rows) == {"9", "10"}


def test_an_attachment_that_moved_to_somebody_else_lives_on(tenant: Tenant) -> None:
    tenant.sync()
    tenant.persy.store.delete("1001")
    tenant.give("1003", "9", touch=True, file_name="Lebenslauf.pdf", content=b"%PDF-1")
    rows = attachments(tenant.complete_pass())
    assert rows["9"]["remote_deleted_at"] is None
    assert rows["9"]["candidate_id"] == generated_id("", "candidates", "1003")
    assert rows["10"]["remote_deleted_at"] is not None


def test_nobody_older_than_the_cutoff_is_asked_for(tenant: Tenant) -> None:
    newest = max(candidate.updated_at for candidate in tenant.persy.store.candidates())
    tenant.sync(cutoff_date=(newest + timedelta(days=1)).isoformat())
    assert tenant.asked(LIST) == []


def test_a_candidate_whose_list_is_gone_keeps_what_is_known(tenant: Tenant) -> None:
    tenant.sync()
    for candidate in ("1001", "1002"):
        tenant.persy.store.edit(candidate)
    tenant.persy.faults.set(Fault("status", status=404, path_contains="1001/attachments"))
    run = tenant.sync()
    assert set(attachments(run)) == {"11"}
    assert "Attachments: 1 of 1 candidates, 1 had no list" in run.log


def test_when_nobody_has_a_list_the_path_is_in_doubt_and_nothing_is_claimed(
    tenant: Tenant,
) -> None:
    run = tenant.sync(attachments_path="/documents/{candidate_id}")
    assert attachments(run) == {}
    assert "attachments_path: no candidate has such a list" in run.log
    assert run.state["bookmarks"][STREAM]["position"] is None
    assert run.state["bookmarks"]["candidates"]["position"] is not None
    assert set(attachments(tenant.sync())) == {"9", "10", "11"}


@pytest.mark.parametrize("status", thinned([401, 403, 500]))
def test_lists_that_are_all_refused_fail_the_run_when_all_else_is_written(
    tenant: Tenant, status: int
) -> None:
    tenant.persy.faults.set(Fault("status", status=status, times=None, path_contains=LIST))
    run = tenant.sync(exit_code=1)
    assert f"attachments: status {status}; nothing is claimed" in run.log
    assert tenant.state is not None
    assert tenant.state["bookmarks"][STREAM]["position"] is None
    assert tenant.state["bookmarks"]["candidates"]["position"] is not None
    assert len(run.records("candidates")) == 3
    tenant.persy.faults.set()
    assert set(attachments(tenant.sync())) == {"9", "10", "11"}


@pytest.mark.parametrize(
    "fault",
    thinned(
        [
            pytest.param({"kind": "status", "status": 403}, id="refused"),
            pytest.param({"kind": "status", "status": 500}, id="failing"),
            pytest.param({"kind": "html"}, id="broken"),
            pytest.param({"kind": "truncate"}, id="cut off"),
        ],
        2,
    ),
)
def test_one_list_that_cannot_be_read_is_counted_and_asked_for_again(
    tenant: Tenant, fault: dict[str, t.Any]
) -> None:
    tenant.persy.faults.set(Fault(**fault, times=None, path_contains="1001/attachments"))
    run = tenant.sync()
    assert set(attachments(run)) == {"11"}
    assert len(run.records("candidates")) == 3
    assert "the lists of 1 candidates could not be read" in run.log
    assert run.state["bookmarks"][STREAM]["owed"] == ["1001"]
    tenant.persy.faults.set()
    tenant.asked(LIST)
    again = tenant.sync(lookback_seconds=0)
    assert set(attachments(again)) == {"9", "10"}
    assert [path for path in tenant.asked(LIST) if path.endswith(LIST)] == [
        "/persy/api/v1/candidates/1001/attachments"
    ]
    assert again.state["bookmarks"][STREAM]["owed"] == []


def test_one_list_that_is_never_read_fails_no_quiet_run(tenant: Tenant) -> None:
    tenant.persy.faults.set(
        Fault("status", status=403, times=None, path_contains="1001/attachments")
    )
    tenant.sync()
    tenant.asked(LIST)
    for quiet in (tenant.sync(lookback_seconds=0), tenant.complete_pass()):
        assert "the lists of 1 candidates could not be read" in quiet.log
        assert quiet.state["bookmarks"][STREAM]["owed"] == ["1001"]
    assert len(tenant.asked("1001/attachments")) == 2
    tenant.persy.faults.set()
    assert set(attachments(tenant.complete_pass())) == {"9", "10"}


def test_a_folder_set_later_gets_nothing_until_rows_can_name_it(tenant: Tenant) -> None:
    tenant.settings["attachments_dir"] = None
    assert tenant.catalog["streams"]
    tenant.settings.clear()
    run = tenant.sync()
    assert "attachments_dir: nothing is downloaded" in run.log
    assert "refresh it (--discover" in run.log
    assert tenant.stored() == []
    assert tenant.asked(CONTENT) == []
    del tenant.catalog
    delta = tenant.sync()
    assert "come with the next complete passes" in delta.log
    rows = attachments(tenant.complete_pass())
    assert all(row["file_path"] for row in rows.values())
    assert set(rows) == {"9", "10", "11"}
    tenant.asked(LIST)
    tenant.complete_pass()
    assert tenant.asked(LIST) == []


@pytest.mark.parametrize(
    "maps",
    thinned(
        [
            {STREAM: {"file_path": "__NULL__"}},
            {STREAM: None},
            {"__else__": "__NULL__", "candidates": {}},
            {
                STREAM: {
                    "__else__": "__NULL__",
                    "id": "id",
                    "remote_deleted_at": "remote_deleted_at",
                }
            },
        ],
        1,
    ),
)
def test_what_no_row_would_name_is_not_downloaded(tenant: Tenant, maps: Message) -> None:
    run = tenant.sync(stream_maps=maps)
    assert "attachments_dir: nothing is downloaded" in run.log
    assert tenant.asked(CONTENT) == []


def test_nothing_is_downloaded_where_file_path_or_the_stream_is_deselected(tenant: Tenant) -> None:
    whole = tenant.catalog
    for names in (["file_path"], []):
        tenant.catalog = deselect(whole, STREAM, *names)
        assert "attachments_dir: nothing is downloaded" in tenant.sync().log
        assert tenant.asked(CONTENT) == []


def test_a_column_of_another_name_names_files_too(tenant: Tenant) -> None:
    maps = {STREAM: {"file_path": "__NULL__", "place": "file_path"}}
    rows = attachments(tenant.sync(stream_maps=maps))
    assert all(Path(row["place"]).exists() for row in rows.values())
    assert len(tenant.stored()) == 3


def test_content_of_rows_that_a_filter_drops_is_not_downloaded(tenant: Tenant) -> None:
    run = tenant.sync(stream_maps={STREAM: {"__filter__": "type == 'CV'"}})
    assert list(attachments(run)) == ["9"]
    assert [path for path in tenant.asked(CONTENT) if "attachments/9/" not in path] == []
    assert len(tenant.stored()) == 1


def test_a_filter_that_asks_for_the_content_gets_it_first(tenant: Tenant) -> None:
    run = tenant.sync(stream_maps={STREAM: {"__filter__": "(size_bytes or 0) > 6"}})
    assert set(attachments(run)) == {"10", "11"}
    assert len(tenant.stored()) == 3


def test_a_larger_limit_brings_what_was_too_large(tenant: Tenant) -> None:
    tenant.give("1003", "12", file_name="Scan.pdf", content=b"%PDF-" + b"x" * 200_000)
    first = attachments(tenant.sync(attachment_max_mb=0.1))
    assert first["12"]["file_path"] is None
    rows = attachments(tenant.complete_pass(attachment_max_mb=1))
    assert rows["12"]["size_bytes"] == 200_005


def test_a_folder_that_was_unset_meanwhile_gets_everything_again(tenant: Tenant) -> None:
    catalog = tenant.catalog
    tenant.sync()
    tenant.settings["attachments_dir"] = None
    tenant.give("1001", "9", touch=True, updated_at=datetime.now(UTC))
    assert attachments(tenant.sync())["9"]["file_path"] is None
    tenant.settings.clear()
    tenant.catalog = catalog
    assert attachments(tenant.complete_pass())["9"]["file_path"]


@pytest.mark.parametrize(
    ("after", "column"),
    [
        ({"attachments_dir": None}, "file_path"),
        ({"field_paths": {"candidate_attachments.file_name": "Type"}}, "file_name"),
    ],
    ids=["no folder", "another path"],
)
def test_what_changes_how_rows_look_reaches_those_of_unchanged_candidates(
    tenant: Tenant, after: Message, column: str
) -> None:
    first = attachments(tenant.sync())
    delta = tenant.sync(**after)
    assert "change at the next complete pass" in delta.log
    rows = attachments(tenant.complete_pass(**after))
    assert rows.keys() == first.keys()
    assert all(row[column] != first[key][column] for key, row in rows.items())
    tenant.asked(LIST)
    assert attachments(tenant.complete_pass(**after)) == {}
    assert tenant.asked(LIST) == []


def test_a_column_that_is_selected_later_is_filled_by_the_next_complete_pass(
    tenant: Tenant,
) -> None:
    whole = tenant.catalog
    tenant.catalog = deselect(copy.deepcopy(whole), STREAM, "file_name")
    tenant.sync()
    tenant.catalog = whole
    rows = attachments(tenant.complete_pass())
    assert rows
    assert all(row["file_name"] for row in rows.values())


def test_deselected_fields_stay_out(tenant: Tenant) -> None:
    tenant.catalog = deselect(tenant.catalog, STREAM, "file_name")
    assert all("file_name" not in row for row in attachments(tenant.sync()).values())


def test_no_log_names_a_file_or_shows_a_link(start: Start) -> None:
    tenant = start(attachment_links="mixed")
    for number in range(3):
        tenant.give("1001", str(number), file_name="Anna Geheim.pdf")
    tenant.persy.faults.set(
        Fault("status", status=503, times=None, path_contains="/files/"),
        Fault("status", status=404, times=None, path_contains=CONTENT),
    )
    run = tenant.sync(max_retries=1)
    assert "The attachment 2 of candidate 1001 was not stored: status 503" in run.log
    assert "Geheim" not in run.log
    assert "/files/" not in run.log
    assert "0 stored, 0 unchanged, 3 not stored" in run.log


def test_the_catalog_says_that_it_is_off(tenant: Tenant) -> None:
    entries = discover(tenant.config, tenant.folder)["streams"]
    (entry,) = [entry for entry in entries if entry["stream"] == STREAM]
    (root,) = [item["metadata"] for item in entry["metadata"] if item["breadcrumb"] == []]
    assert root["selected-by-default"] is False
    assert list(t.cast("dict[str, t.Any]", entry["schema"]["properties"])) == [
        *("id", "remote_id", "changed_at", "candidate_id", "application_id", "type", "data_url"),
        *("file_name", "content_type", "remote_created_at", "remote_updated_at"),
        *("remote_deleted_at", "file_path", "sha256", "size_bytes"),
    ]
