"""`persy attachments`: a candidate's documents on the screen and in a folder; pruning."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path

import duckdb
import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tests.attachments.conftest import Start
from tests.attachments.tenant import STREAM, Tenant
from tests.meltano import make_project
from tests.singer import SCRIPTS, bare_environment
from tests.source import ALWAYS_COMPLETE
from tests.thinning import thinned


def persy(tenant: Tenant, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``persy attachments`` with the tenant's settings in the environment."""
    environment = {
        f"TAP_COMPLEETPERSY_{name.upper()}": str(value) for name, value in tenant.config.items()
    }
    return subprocess.run(
        [str(SCRIPTS / "persy"), "attachments", *words],
        capture_output=True,
        check=False,
        cwd=tenant.folder,
        env=bare_environment() | environment,
        text=True,
        timeout=60,
    )


def test_a_table_of_what_there_is(tenant: Tenant) -> None:
    done = persy(tenant, "1001")
    assert done.returncode == 0, done.stderr
    heading, *lines = done.stdout.splitlines()
    assert heading.split() == [
        *("remote_id", "type", "file_name", "content_type", "remote_created_at")
    ]
    assert [line.split()[:3] for line in lines] == [
        ["9", "CV", "Lebenslauf.pdf"],
        ["10", "COVER_LETTER", "Anschreiben.pdf"],
    ]


def test_the_same_for_programs(tenant: Tenant) -> None:
    rows = json.loads(persy(tenant, "1001", "--format", "json").stdout)
    assert [row["file_name"] for row in rows] == ["Lebenslauf.pdf", "Anschreiben.pdf"]
    assert rows[0]["data_url"] == f"{tenant.persy.url}/candidates/1001/attachments/9/content"


def test_nobody_is_a_clear_line(tenant: Tenant) -> None:
    done = persy(tenant, "4711")
    assert done.returncode == 1
    assert "attachments_path" in done.stderr
    assert "Traceback" not in done.stderr


def test_files_are_stored_under_their_own_safe_names(start: Start) -> None:
    tenant = start(attachment_links="mixed")
    for number, name in enumerate(["CV.pdf", "cv.pdf", "../../CV.pdf"]):
        tenant.give("1001", str(number), file_name=name, content=f"%PDF-{name}".encode())
    done = persy(tenant, "1001", "--download", "documents")
    assert done.returncode == 0, done.stderr
    folder = tenant.folder / "documents" / "1001"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "CV.pdf": "%PDF-CV.pdf",
        "cv (2).pdf": "%PDF-cv.pdf",
        "_.._CV.pdf": "%PDF-../../CV.pdf",
    }
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_file_that_cannot_be_had_is_named_and_the_others_are_stored(tenant: Tenant) -> None:
    tenant.persy.faults.set(Fault("status", status=404, times=None, path_contains="/9/content"))
    done = persy(tenant, "1001", "--download", "documents")
    assert done.returncode == 1
    assert "The attachment 9 of candidate 1001 was not stored: status 404" in done.stderr
    assert "1 of 2 files were not stored" in done.stderr
    assert [path.name for path in (tenant.folder / "documents/1001").iterdir()] == [
        "Anschreiben.pdf"
    ]


@pytest.mark.parametrize(
    "words",
    thinned(
        [
            [],
            ["1001", "--prune", "files"],
            ["--prune", "files"],
            ["--prune", "files", "--state", "state.json", "--download", "x"],
            ["1001", "--write"],
            ["1001", "--state", "state.json"],
        ],
        3,
    ),
    ids=" ".join,
)
def test_what_goes_with_what(tenant: Tenant, words: list[str]) -> None:
    done = persy(tenant, *words)
    assert done.returncode == 2
    assert tenant.asked("") == []


class TestPrune:
    @pytest.fixture
    def state(self, tenant: Tenant) -> Path:
        """The state after 1001 was deleted; 1002 has the same content as her."""
        tenant.give("1002", "11", file_name="CV.pdf", content=b"%PDF-1")
        tenant.sync()
        tenant.persy.store.delete("1001")
        tenant.complete_pass()
        path = tenant.folder / "state.json"
        path.write_text(json.dumps(tenant.state))
        return path

    def test_a_folder_with_a_password_in_it_is_refused(self, tenant: Tenant) -> None:
        (tenant.folder / "state.json").write_text("{}")
        url = "simplecache::sftp://hr:Geheim-4711@host/x"
        done = persy(tenant, "--prune", url, "--state", "state.json")
        assert done.returncode == 1
        assert "--prune: must not hold credentials, give them in attachments_options" in done.stderr
        assert "Geheim" not in done.stderr

    def test_first_it_only_says_what_it_would_do(self, tenant: Tenant, state: Path) -> None:
        before = tenant.stored()
        done = persy(tenant, "--prune", "files", "--state", str(state))
        assert done.returncode == 0, done.stderr
        (line,) = done.stdout.splitlines()
        assert (tenant.files / line).read_bytes() == b"%PDF-1.7-L"
        assert (
            "1 files of 2 attachments to remove (nothing was removed: add --write)" in done.stderr
        )
        assert "1 attachments stay" in done.stderr
        assert tenant.stored() == before

    def test_then_it_removes_what_nobody_needs(self, tenant: Tenant, state: Path) -> None:
        done = persy(tenant, "--prune", "files", "--state", str(state), "--write")
        assert "1 files of 2 attachments removed" in done.stderr
        assert [path.read_bytes() for path in tenant.stored()] == [b"%PDF-1"]
        again = persy(tenant, "--prune", "files", "--state", str(state), "--write")
        assert "0 files of 0 attachments removed" in again.stderr

    def test_a_content_that_was_replaced_goes_too(self, tenant: Tenant) -> None:
        tenant.sync()
        tenant.give("1001", "9", touch=True, file_name="neu.pdf", content=b"%PDF-3")
        tenant.sync()
        path = tenant.folder / "state.json"
        path.write_text(json.dumps(tenant.state))
        persy(tenant, "--prune", "files", "--state", str(path), "--write")
        contents = {path.read_bytes() for path in tenant.stored()}
        assert contents == {b"%PDF-3", b"%PDF-1.7-L", b"\xff\xd8\xff photo"}

    def test_what_a_filter_has_taken_out_goes_too(self, tenant: Tenant) -> None:
        tenant.sync()
        tenant.complete_pass(stream_maps={STREAM: {"__filter__": "type == 'CV'"}})
        path = tenant.folder / "state.json"
        path.write_text(json.dumps(tenant.state))
        persy(tenant, "--prune", "files", "--state", str(path), "--write")
        assert [path.read_bytes() for path in tenant.stored()] == [b"%PDF-1"]

    def test_another_tenants_files_stay(self, tenant: Tenant, state: Path) -> None:
        tenant.state = None
        tenant.settings["account"] = "other"
        tenant.give("1003", "12", content=b"%PDF-of the other tenant")
        tenant.sync()
        del tenant.settings["account"]
        persy(tenant, "--prune", "files", "--state", str(state), "--write")
        assert b"%PDF-of the other tenant" in {path.read_bytes() for path in tenant.stored()}

    def test_what_is_not_ours_stays(self, tenant: Tenant, state: Path) -> None:
        foreign = [tenant.files / name for name in ("notes.txt", "ab.pdf", "aa/x.pdf")]
        for path in foreign:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"mine")
        persy(tenant, "--prune", "files", "--state", str(state), "--write")
        assert all(path.exists() for path in foreign)

    def test_what_meltano_prints_is_a_state(self, tenant: Tenant, state: Path) -> None:
        state.write_text(json.dumps({"completed": {"singer_state": tenant.state}, "partial": {}}))
        done = persy(tenant, "--prune", "files", "--state", str(state))
        assert "1 files of 2 attachments to remove" in done.stderr

    @pytest.mark.parametrize(
        ("change", "expected"),
        thinned(
            [
                (
                    lambda state: state["bookmarks"].pop("candidate_attachments"),
                    "knows no attachments",
                ),
                (
                    lambda state: state["bookmarks"]["candidate_attachments"].update(ledger=None),
                    "knows no attachments",
                ),
                (
                    lambda state: state["bookmarks"]["candidate_attachments"].update(tenant="x"),
                    "belongs to another account or api_url",
                ),
                (lambda state: state.clear(), "knows no attachments"),
                (lambda state: state["bookmarks"].clear(), "knows no attachments"),
            ],
            3,
        ),
        ids=["stream", "ledger", "tenant", "empty", "bookmarks"],
    )
    def test_a_state_that_knows_nothing_is_refused(
        self, tenant: Tenant, state: Path, change: t.Callable[[t.Any], object], expected: str
    ) -> None:
        content = json.loads(state.read_text())
        change(content)
        state.write_text(json.dumps(content))
        before = tenant.stored()
        done = persy(tenant, "--prune", "files", "--state", str(state), "--write")
        assert done.returncode == 1
        assert expected in done.stderr
        assert tenant.stored() == before


@pytest.mark.full
def test_through_meltano_into_a_warehouse(tenant: Tenant, tmp_path: Path) -> None:
    project = make_project(
        tmp_path,
        {f"TAP_COMPLEETPERSY_{name.upper()}": value for name, value in tenant.config.items()}
        | {"TARGET_DUCKDB_FILEPATH": tmp_path / "warehouse.duckdb"},
    )
    project.meltano("run", "tap-compleetpersy", "target-duckdb")
    assert tenant.asked("/attachments") == []
    project.meltano("select", "tap-compleetpersy", "candidate_attachments", "*")
    project.meltano("run", "tap-compleetpersy", "target-duckdb", "--refresh-catalog")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as warehouse:
        rows = warehouse.execute(
            "select a.file_path, a.size_bytes from persy.candidate_attachments a "
            "join persy.candidates c on c.id = a.candidate_id where c.remote_id = '1001' order by 2"
        ).fetchall()
    assert [(Path(path).read_bytes(), size) for path, size in rows] == [
        (b"%PDF-1", 6),
        (b"%PDF-1.7-L", 10),
    ]
    tenant.persy.store.delete("1001")
    tenant.persy.store.delete("1002")
    settings = {"FULL_SYNC_HOURS": str(ALWAYS_COMPLETE), "DELETION_LIMIT_PERCENT": "100"}
    changed = {f"TAP_COMPLEETPERSY_{name}": value for name, value in settings.items()}
    project.meltano("run", "tap-compleetpersy", "target-duckdb", **changed)
    printed = project.attempt("state", "get", "dev:tap-compleetpersy-to-target-duckdb")
    (tmp_path / "state.json").write_text(printed.stdout)
    words = ("attachments", "--prune", "files", "--state", "state.json", "--write")
    done = project.attempt("invoke", "tap-compleetpersy:" + words[0], *words[1:])
    assert "3 files of 3 attachments removed" in done.stderr
    assert tenant.stored() == []
