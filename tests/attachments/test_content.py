"""The content of attachments: fetched once, whole or not at all, with the key for nobody else."""

from __future__ import annotations

import json
import subprocess
import typing as t
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import plan_pruning, prune
from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.state import ServedRequest
from tests.attachments.conftest import Start
from tests.attachments.tenant import STREAM, Tenant, attachments
from tests.singer import SCRIPTS, Run, bare_environment, run_tap

CONTENT = "/content"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def path_of(content: bytes, extension: str = ".pdf") -> str:
    digest = sha256(content).hexdigest()
    return f"{digest[:2]}/{digest}{extension}"


class TestOnce:
    def test_an_unchanged_file_is_not_fetched_again(self, tenant: Tenant) -> None:
        tenant.sync()
        tenant.asked(CONTENT)
        tenant.persy.store.edit("1001", last_name="Neu")
        run = tenant.sync()
        assert set(attachments(run)) == {"9", "10"}
        assert attachments(run)["9"]["size_bytes"] == 6
        assert tenant.asked(CONTENT) == []
        assert "0 stored, 2 unchanged, 0 not stored" in run.log

    def test_a_changed_one_is(self, tenant: Tenant) -> None:
        tenant.sync()
        tenant.asked(CONTENT)
        tenant.give("1001", "9", touch=True, updated_at=datetime.now(UTC), content=b"%PDF-2")
        run = tenant.sync()
        assert attachments(run)["9"]["sha256"] == sha256(b"%PDF-2").hexdigest()
        assert len(tenant.asked(CONTENT)) == 1

    def test_the_same_content_twice_is_stored_once(self, tenant: Tenant) -> None:
        tenant.give("1002", "11", file_name="CV of hers.pdf", content=b"%PDF-1")
        rows = attachments(tenant.sync())
        assert rows["9"]["file_path"] == rows["11"]["file_path"]
        assert len(tenant.stored()) == 2

    def test_a_file_that_was_removed_is_fetched_again(self, tenant: Tenant) -> None:
        row = attachments(tenant.sync())["9"]
        Path(row["file_path"]).unlink()
        tenant.persy.store.edit("1001")
        tenant.sync()
        assert Path(row["file_path"]).read_bytes() == b"%PDF-1"

    def test_a_fresh_state_fetches_nothing_that_is_there(self, tenant: Tenant) -> None:
        tenant.sync()
        tenant.asked(CONTENT)
        tenant.state = None
        assert len(attachments(tenant.sync())) == 3
        assert tenant.asked(CONTENT) == []


class TestJudgedAnew:
    """By the rule that holds now, whatever an older one has let in."""

    def test_what_an_older_rule_has_stored_rightly_is_not_fetched_again(
        self, tenant: Tenant
    ) -> None:
        tenant.sync()
        rewrite(tenant, lambda entry: {"described": entry["described"].split(":")[1]})
        tenant.asked(CONTENT)
        tenant.state = None
        assert "0 stored, 3 unchanged, 0 not stored" in tenant.sync().log
        assert tenant.asked(CONTENT) == []
        assert all(entry["described"][:2] == "2:" for entry in entries(tenant))

    def test_a_login_page_that_an_older_rule_has_stored_is_fetched_again(
        self, tenant: Tenant
    ) -> None:
        tenant.sync()
        page = b"<html><input type=password></html>"
        place = tenant.files / path_of(page)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(page)
        wrong = {"path": path_of(page), "size": len(page), "sha256": sha256(page).hexdigest()}
        rewrite(
            tenant,
            lambda entry: (
                wrong | {"described": entry["described"].split(":")[1]}
                if entry["attachment"] == "9"
                else {}
            ),
        )
        tenant.state = None
        run = tenant.sync()
        assert "1 stored, 2 unchanged, 0 not stored" in run.log
        assert attachments(run)["9"]["sha256"] == sha256(b"%PDF-1").hexdigest()

    def test_and_is_forgotten_where_nothing_else_comes(self, tenant: Tenant) -> None:
        tenant.sync()
        rewrite(tenant, lambda entry: {"described": entry["described"].split(":")[1]})
        for path in tenant.stored():
            path.write_bytes(b"<html>"[: path.stat().st_size].ljust(path.stat().st_size))
        tenant.persy.faults.set(Fault("html", times=None, path_contains=CONTENT))
        tenant.state = None
        run = tenant.sync()
        assert "0 stored, 0 unchanged, 3 not stored" in run.log
        assert {row["file_path"] for row in attachments(run).values()} == {None}
        assert entries(tenant) == []


class TestBetweenContentAndIndex:
    """A file of the index is written when all documents of its candidate are stored."""

    def test_a_kill_in_between_costs_one_more_fetch(self, tenant: Tenant) -> None:
        tenant.sync()
        before = tenant.stored()
        for path in index_files(tenant):
            path.unlink()
        tenant.state = None
        assert "3 stored, 0 unchanged, 0 not stored" in tenant.sync().log
        assert tenant.stored() == before
        assert len(entries(tenant)) == 3

    def test_what_is_stored_before_the_list_fails_is_not_fetched_again(
        self, tenant: Tenant
    ) -> None:
        def fail(request: ServedRequest) -> None:
            if request.path.endswith("/10/content"):
                tenant.persy.faults.set(
                    Fault("status", status=403, path_contains="/10/content"),
                    Fault("status", status=503, path_contains="/1001/attachments", times=None),
                )

        tenant.persy.before_answer.append(fail)
        assert "the lists of 1 candidates could not be read" in tenant.sync().log
        tenant.persy.before_answer.clear()
        tenant.persy.faults.set()
        assert "1 stored, 1 unchanged, 0 not stored" in tenant.sync().log

    def test_two_runs_at_once_store_whole_documents_that_the_next_one_knows(
        self, tenant: Tenant
    ) -> None:
        for number in range(20):
            tenant.give("1003", f"more-{number}", content=b"%PDF-" + bytes(100_000 + number))
        folders = [tenant.folder / name for name in ("one", "other")]
        config, catalog = tenant.config, tenant.catalog

        def run(folder: Path) -> Run:
            folder.mkdir()
            return run_tap(config, folder, catalog=catalog)

        with ThreadPoolExecutor(2) as pool:
            for done in pool.map(run, folders):
                assert done.exit_code == 0, done.log
                rows = attachments(done)
                assert len(rows) == 23
                for row in rows.values():
                    content = Path(row["file_path"]).read_bytes()
                    assert sha256(content).hexdigest() == row["sha256"]
        assert "0 stored, 23 unchanged, 0 not stored" in tenant.sync().log
        assert len(tenant.stored()) == 23


class TestAnOlderIndex:
    """With a file for each attachment, as version 0.1 wrote it."""

    def test_nothing_is_fetched_again(self, tenant: Tenant) -> None:
        self.as_before(tenant)
        tenant.asked(CONTENT)
        assert "0 stored, 3 unchanged, 0 not stored" in tenant.sync().log
        assert tenant.asked(CONTENT) == []

    def test_what_changes_is_replaced_and_nothing_else_is_left_after_pruning(
        self, tenant: Tenant
    ) -> None:
        self.as_before(tenant)
        tenant.give("1001", "9", content=b"%PDF-1.7 new")
        run = tenant.sync()
        assert "1 stored, 2 unchanged, 0 not stored" in run.log
        sizes = sorted((entry["attachment"], entry["size"]) for entry in entries(tenant))
        assert sizes == [("10", 10), ("11", 9), ("9", 12)]

    @staticmethod
    def as_before(tenant: Tenant) -> None:
        """Sync, and take the files of the index apart."""
        rows = attachments(tenant.sync())
        tenant.state = None
        for path in index_files(tenant):
            for entry in json.loads(path.read_text()):
                single = path.with_name(f"{rows[entry['attachment']]['id']}.json")
                single.write_text(json.dumps(entry))
            path.unlink()


def index_files(tenant: Tenant) -> list[Path]:
    return sorted((tenant.files / "index").rglob("*.json"))


def entries(tenant: Tenant) -> list[dict[str, t.Any]]:
    found = [json.loads(path.read_text()) for path in index_files(tenant)]
    return [entry for each in found for entry in (each if isinstance(each, list) else [each])]


def rewrite(tenant: Tenant, change: t.Callable[[dict[str, t.Any]], dict[str, t.Any]]) -> None:
    """Change all entries."""
    for path in index_files(tenant):
        changed = [entry | change(entry) for entry in json.loads(path.read_text())]
        path.write_text(json.dumps(changed))


class TestWhole:
    def test_a_file_that_cannot_be_had_is_a_warning_and_the_sync_goes_on(
        self, tenant: Tenant
    ) -> None:
        broken = "the answer broke off, or its encoding is broken"
        failures: dict[str, tuple[dict[str, t.Any], str]] = {
            "missing": ({"kind": "status", "status": 404}, "status 404"),
            "refused": ({"kind": "status", "status": 403}, "status 403"),
            "unavailable": ({"kind": "status", "status": 503}, "status 503"),
            "truncated": ({"kind": "truncate"}, broken),
            "shorter": ({"kind": "wrong_length"}, broken),
            "reset": ({"kind": "reset"}, "the connection failed"),
            "stalled": ({"kind": "stall"}, "no complete answer within 5 s"),
            "login": ({"kind": "html"}, "the answer is a page and no file"),
            "error": ({"kind": "error_body"}, "the answer is JSON and no file"),
            "endless": ({"kind": "endless"}, "it is larger than attachment_max_mb (1 MB)"),
        }
        for name in failures:
            tenant.give("1001", name, content=b"%PDF-")
        tenant.persy.faults.set(
            *(
                Fault(**fault, times=None, path_contains=f"/{name}/content")
                for name, (fault, _) in failures.items()
            )
        )
        run = tenant.sync(request_timeout=5, attachment_max_mb=1)
        rows = attachments(run)
        for name, (_, reason) in failures.items():
            row = rows[name]
            assert row["file_path"] is row["sha256"] is row["size_bytes"] is None
            assert f"The attachment {name} of candidate 1001 was not stored: {reason}" in run.log
        assert rows["10"]["size_bytes"] == 10
        assert "3 stored, 0 unchanged, 10 not stored" in run.log
        assert len(tenant.stored()) == 3
        assert run.state["bookmarks"][STREAM]["position"] is not None

    def test_what_broke_off_is_fetched_again_from_its_beginning(self, tenant: Tenant) -> None:
        kinds: tuple[t.Any, ...] = ("truncate", "reset", "wrong_length")
        for kind in kinds:
            tenant.give("1001", kind, content=b"%PDF-1")
        tenant.persy.faults.set(*(Fault(kind, path_contains=f"/{kind}/content") for kind in kinds))
        rows = attachments(tenant.sync(max_retries=1))
        assert {rows[kind]["sha256"] for kind in kinds} == {sha256(b"%PDF-1").hexdigest()}

    def test_a_file_may_be_as_large_as_the_setting(self, tenant: Tenant) -> None:
        tenant.give("1001", "9", content=b"%PDF-".ljust(2**20))
        tenant.give("1001", "10", content=b"%PDF-".ljust(2**20 + 1))
        rows = attachments(tenant.sync(attachment_max_mb=1))
        assert rows["9"]["size_bytes"] == 2**20
        assert rows["10"]["size_bytes"] is None

    def test_an_empty_file_is_a_file(self, tenant: Tenant) -> None:
        tenant.give("1001", "9", content=b"")
        row = attachments(tenant.sync())["9"]
        assert row["size_bytes"] == 0
        assert row["sha256"] == sha256(b"").hexdigest()

    def test_a_full_disk_fails_the_run_and_claims_nothing(self, tenant: Tenant) -> None:
        tenant.files.write_bytes(b"a file in the way")
        run = tenant.sync(exit_code=1)
        assert f"attachments_dir: {tenant.files} cannot be used: File exists" in run.log
        assert tenant.state is None or "position" not in str(tenant.state)


class TestLinks:
    def test_the_key_goes_to_the_api_only(self, start: Start) -> None:
        tenant = start(attachment_links="foreign")
        tenant.give("1001", "9", content=b"%PDF-1")
        assert attachments(tenant.sync())["9"]["size_bytes"] == 6
        (request,) = tenant.persy.foreign_requests
        assert "authorization" not in request.headers
        assert "cookie" not in request.headers
        assert tenant.persy.api_key not in str(request)

    @pytest.mark.parametrize(
        ("method", "settings"),
        [("header", {"auth_header": "X-API-Key"}), ("basic", {"username": "sandbox"})],
    )
    def test_nor_does_any_other_credential(
        self, start: Start, method: str, settings: dict[str, t.Any]
    ) -> None:
        tenant = start(attachment_links="foreign", auth=method)
        tenant.settings |= {"auth_method": method, **settings}
        tenant.give("1001", "9", content=b"%PDF-1")
        assert attachments(tenant.sync())["9"]["size_bytes"] == 6
        (request,) = tenant.persy.foreign_requests
        assert {"authorization", "x-api-key", "cookie"}.isdisjoint(request.headers)

    def test_a_redirect_to_another_host_loses_the_key(self, start: Start) -> None:
        tenant = start(attachment_links="mixed")
        for number in range(3):
            tenant.give("1001", str(number), content=b"%%PDF-%d" % number)
        (link,) = [
            row["data_url"]
            for row in attachments(tenant.sync()).values()
            if "/files/" in row["data_url"]
        ]
        tenant.persy.foreign_requests.clear()
        tenant.give("1002", "9", touch=True, content=b"never sent")
        tenant.persy.faults.set(Fault("redirect", location=link, path_contains="/9/content"))
        assert attachments(tenant.sync())["9"]["size_bytes"] == 6
        (request,) = tenant.persy.foreign_requests
        assert "authorization" not in request.headers

    def test_a_redirect_cannot_lead_into_the_own_network(self, tenant: Tenant) -> None:
        reasons = {
            "http://169.254.169.254/latest/meta-data": "the link is not https",
            "https://169.254.169.254/latest/meta-data": "the link leads to a private address",
            "https://10.0.0.1/": "the link leads to a private address",
            "http://files.example.org/9": "the link is not https",
            "file:///etc/passwd": "the link is no https URL",
            "ftp://files.example.org/9": "the link is no https URL",
        }
        for number, _ in enumerate(reasons):
            tenant.give("1001", f"r{number}", content=b"%PDF-")
        tenant.persy.faults.set(
            *(
                Fault("redirect", location=location, path_contains=f"/r{number}/content")
                for number, location in enumerate(reasons)
            )
        )
        run = tenant.sync()
        for number, reason in enumerate(reasons.values()):
            assert f"attachment r{number} of candidate 1001 was not stored: {reason}" in run.log
            assert attachments(run)[f"r{number}"]["file_path"] is None

    def test_redirects_that_lead_to_no_end(self, tenant: Tenant) -> None:
        here = f"{tenant.persy.url}/candidates/1001/attachments/9/content"
        tenant.persy.faults.set(
            Fault("redirect", location=here, times=None, path_contains="/9/content")
        )
        assert "was not stored: more than 5 redirects" in tenant.sync().log

    def test_an_expired_link_is_asked_for_again_once(self, start: Start) -> None:
        tenant = start(attachment_links="foreign")
        tenant.give("1001", "9", content=b"%PDF-1")
        tenant.persy.faults.set(Fault("status", status=403, path_contains="/files/"))
        assert attachments(tenant.sync())["9"]["size_bytes"] == 6
        assert len(tenant.asked("1001/attachments")) == 2

    def test_and_not_twice(self, start: Start) -> None:
        tenant = start(attachment_links="foreign")
        tenant.give("1001", "9", content=b"%PDF-1")
        tenant.persy.faults.set(Fault("status", status=403, times=None, path_contains="/files/"))
        run = tenant.sync()
        assert "The attachment 9 of candidate 1001 was not stored: status 403" in run.log
        assert len(tenant.asked("1001/attachments")) == 2
        assert len(tenant.persy.foreign_requests) == 2


class TestNames:
    def test_no_name_leads_out_of_the_folder(self, tenant: Tenant) -> None:
        names = (
            *("../../../../etc/x", "/etc/x", "CON", "a\x00b", "x" * 5000, ".."),
            *("\u202egpj.exe", "ü/ß\\é", "CON.pdf", "~/x", "%2e%2e/x"),
        )
        for number, name in enumerate(names):
            tenant.give("1001", f"n{number}", file_name=name, content=b"%%PDF-%d" % number)
        tenant.sync()
        before = {path for path in tenant.folder.rglob("*") if tenant.files not in path.parents}
        tenant.state = None
        rows = attachments(tenant.sync())
        for number, _ in enumerate(names):
            path = Path(rows[f"n{number}"]["file_path"])
            assert path.resolve().parent.parent == tenant.files.resolve()
            assert path.name.startswith(sha256(b"%%PDF-%d" % number).hexdigest())
        after = {path for path in tenant.folder.rglob("*") if tenant.files not in path.parents}
        assert after == before

    def test_a_link_in_the_folder_is_not_followed(self, tenant: Tenant) -> None:
        outside = tenant.folder / "outside"
        outside.mkdir()
        tenant.files.mkdir()
        (tenant.files / path_of(b"%PDF-1")[:2]).symlink_to(outside)
        run = tenant.sync(exit_code=1)
        assert "attachments_dir: " in run.log
        assert list(outside.iterdir()) == []


def test_who_is_erased_in_persy_while_documents_are_stored_leaves_nothing_after_pruning(
    tenant: Tenant,
) -> None:
    def erase(request: ServedRequest) -> None:
        if request.path.endswith("/10/content"):
            tenant.persy.store.delete("1001")

    tenant.persy.before_answer.append(erase)
    run = tenant.sync()
    assert "The attachment 10 of candidate 1001 was not stored" in run.log
    assert "2 stored, 0 unchanged, 1 not stored" in run.log
    tenant.persy.before_answer.clear()
    gone = tenant.complete_pass().records(STREAM)
    assert {row["remote_id"] for row in gone if row["remote_deleted_at"]} == {"9", "10"}
    store = open_store(str(tenant.files))
    owner = index_files(tenant)[0].parent.name
    prune(store, plan_pruning(store, owner, lambda entry: entry.attachment == "11"))
    assert [path.read_bytes() for path in tenant.stored()] == [b"\xff\xd8\xff photo"]
    assert [entry["attachment"] for entry in entries(tenant)] == ["11"]


def test_an_attachment_that_changes_its_type_is_judged_and_named_by_the_new_one(
    tenant: Tenant,
) -> None:
    tenant.give("1001", "9", file_name="Notiz.txt", content_type="text/plain", content=b"Hallo")
    assert attachments(tenant.sync())["9"]["file_path"].endswith(".txt")
    tenant.give("1001", "9", touch=True, file_name="CV.pdf", content_type="application/pdf")
    run = tenant.sync()
    assert "The attachment 9 of candidate 1001 was not stored: the answer is plain text" in run.log
    assert attachments(run)["9"]["file_path"] is None
    tenant.give("1001", "9", content=b"%PDF-1.7")
    tenant.state = None  # times have whole seconds
    assert attachments(tenant.sync())["9"]["file_path"] == str(tenant.files / path_of(b"%PDF-1.7"))


def test_a_run_that_is_killed_in_the_middle_of_a_file_leaves_nothing_and_the_next_completes(
    tenant: Tenant,
) -> None:
    tenant.give("1001", "9", content=b"%PDF-".ljust(3 * 2**20))
    tenant.persy.faults.set(Fault("stall", path_contains="/9/content"))
    write(tenant)
    command = [str(SCRIPTS / "tap-compleetpersy")]
    for name in ("config", "catalog"):
        command += [f"--{name}", str(tenant.folder / f"{name}.json")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=bare_environment()
    )
    wait_for_bytes(process.pid, tenant.files)
    process.kill()
    process.communicate(timeout=30)
    assert [path for path in tenant.files.iterdir() if path.name.startswith(".")] == []
    assert all(
        path.name.startswith(sha256(path.read_bytes()).hexdigest()) for path in tenant.stored()
    )
    rows = attachments(tenant.sync())
    assert rows["9"]["size_bytes"] == 3 * 2**20
    assert len(tenant.stored()) == 3


def write(tenant: Tenant) -> None:
    """Write the files of a run."""
    for name in ("config", "catalog"):
        (tenant.folder / f"{name}.json").write_text(json.dumps(getattr(tenant, name)))


def wait_for_bytes(pid: int, folder: Path) -> None:
    """Wait until the process has written a part of a file that has no name yet."""
    while True:
        for number in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(number.readlink())
                size = number.stat().st_size
            except OSError:
                continue
            if target.startswith(str(folder)) and "deleted" in target and size > 2**20:
                return
