"""Many attachments: in an object store, and in flat memory."""

from __future__ import annotations

import json
import subprocess
import typing as t

import pytest

from tests.attachments.conftest import Start
from tests.attachments.tenant import STREAM, Tenant
from tests.singer import SCRIPTS, bare_environment


@pytest.mark.full
def test_into_an_object_store(tenant: Tenant, s3: dict[str, str]) -> None:
    import s3fs  # noqa: PLC0415 - slow to import

    tenant.settings["attachments_dir"] = "s3://attachments/of-a-tenant"
    records, log, _ = run(tenant, s3)
    assert "3 stored, 0 unchanged, 0 not stored" in log
    files = s3fs.S3FileSystem(
        key="x",
        secret="x",  # noqa: S106 - any will do
        endpoint_url=s3["AWS_ENDPOINT_URL_S3"],
        use_listings_cache=False,
    )
    assert {files.cat_file(record["file_path"]) for record in records} == {
        b"%PDF-1",
        b"%PDF-1.7-L",
        b"\xff\xd8\xff photo",
    }
    _, log, _ = run(tenant, s3)
    assert "0 stored, 3 unchanged, 0 not stored" in log


@pytest.mark.full
def test_ten_thousand_attachments_in_flat_memory(
    start: Start, record_property: t.Callable[[str, object], None]
) -> None:
    def peak(candidates: int) -> float:
        tenant = start(candidates)
        for number in range(candidates):
            for kind in range(10):
                tenant.give(str(1001 + number), f"{number}-{kind}", content=bytes(50_000))
        tenant.settings["attachments_dir"] = str(tenant.folder / f"files-{candidates}")
        records, _, kilobytes = run(tenant, {})
        assert len(records) == 10 * candidates
        return kilobytes / 1024

    few, many = peak(100), peak(1000)
    record_property(f"MB with 1,000 attachments, {many:.1f} MB with 10,000", round(few, 1))
    assert many < 1.3 * few


def run(tenant: Tenant, environment: dict[str, str]) -> tuple[list[t.Any], str, int]:
    """Return the records of attachments, the log, and the peak memory in kB."""
    measured = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); "
        "sys.exit(code)"
    )
    command = [str(SCRIPTS / "python"), "-c", measured, str(SCRIPTS / "tap-compleetpersy")]
    for name in ("config", "catalog"):
        path = tenant.folder / f"{name}-of-the-run.json"
        path.write_text(json.dumps(getattr(tenant, name)))
        command += [f"--{name}", str(path)]
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        env=bare_environment() | environment,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr
    messages = (json.loads(line) for line in done.stdout.splitlines())
    records = [m["record"] for m in messages if m["type"] == "RECORD" and m["stream"] == STREAM]
    return records, done.stderr, int(done.stderr.splitlines()[-1])
