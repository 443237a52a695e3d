"""Nothing of a person and nothing of the key leaves a check, in any format."""

from __future__ import annotations

import json
import logging
import typing as t
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tap_compleetpersy.check.run import gather
from tap_compleetpersy.sandbox.facts import Address, Email, Employment, Opening, Phone
from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.options import SHAPES, Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tap_compleetpersy.settings import read_settings
from tests.check.conftest import Checked, Run
from tests.server import Server, reply

KEY = "zzkey-4f9a"
MARK = "zz"
"""Every value of a person begins with it, and no key or word of the report has it."""


@pytest.fixture(params=SHAPES)
def marked(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A local Persy where each value of each person is marked."""
    options = Options(candidates=8, api_key=KEY, shape=request.param)
    with running(options) as sandbox:
        for number, person in enumerate(sandbox.store.candidates()):
            sandbox.store.edit(
                person.remote_id,
                first_name="zzFirst",
                last_name=f"zzLast{number}",
                source="zzSource",
                status="zzstatus",
                phones=(Phone("zz123"), Phone("+49 89 9999999")),
                emails=(Email("zz@example.org"), Email("zz-no-mail")),
                address=Address("zzland", "zz1", "zzstate", "zzcity", "zzstreet", "zz9"),
                employments=(Employment("zzcompany", "zztitle", current=True),),
                openings=(Opening(f"zz{number}", "zzjob", "zz wrote to zz@example.org"),),
                custom_fields={
                    "Note": "zznote",
                    "Nested": {f"zzname{number}": "zzvalue"},
                    f"zzkey{number}": 1,
                    "zz@example.org": 2,
                },
            )
        yield sandbox


def expect_no_mark(checked: Checked, *known: str) -> None:
    for text in (checked.stdout, checked.stderr):
        assert MARK not in text
        assert "9999999" not in text
        for value in known:
            assert value not in text


@pytest.mark.parametrize("output", ["table", "json"])
def test_no_value_and_no_key_is_printed(
    run: Run, marked: Sandbox, output: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ids = [person.remote_id for person in marked.store.candidates()]
    checked = run({"api_url": marked.url, "api_key": KEY}, "--format", output)
    assert checked.exit_code == 0
    assert "first_name" in checked.stdout
    expect_no_mark(checked, *ids)
    assert MARK not in caplog.text
    assert not [remote_id for remote_id in ids if remote_id in caplog.text]


@pytest.mark.parametrize("output", ["table", "json"])
@pytest.mark.parametrize("kind", ["status", "html", "error_body", "truncate", "reset"])
def test_nor_is_it_in_errors(run: Run, output: str, kind: t.Any) -> None:
    with running(Options(candidates=5, api_key=KEY)) as sandbox:
        ids = [person.remote_id for person in sandbox.store.candidates()]
        for path in ("candidates", "attachments"):
            sandbox.faults.set(Fault(kind, times=None, path_contains=path))
            checked = run({"api_url": sandbox.url, "api_key": KEY}, "--format", output)
            expect_no_mark(checked, *ids)


def test_names_of_unknown_records_are_not_printed(run: Run, server: Server, tmp_path: Path) -> None:
    """People as keys, in an answer without any form that is known."""
    people = {f"zz{n}@example.org": {"Wer": f"zzname{n}", "zz Name": n} for n in range(4)}
    rows = [{"Nr": f"zz{n}", f"zzkey{n}": f"zz{n}", "Mail_Adr": f"zz{n}@b.de"} for n in range(4)]
    for document in (people, {"a": people, "b": {"c": rows}}, {"people": [people]}):
        server.answers(reply(document))
        for output in ("table", "json"):
            target = tmp_path / "found.json"
            target.unlink(missing_ok=True)
            words = ["--format", output, "--write-config", str(target)]
            checked = run({"api_url": server.url, "api_key": KEY}, *words)
            expect_no_mark(checked)
            assert not target.exists() or MARK not in target.read_text()


def test_the_key_is_never_written(run: Run, marked: Sandbox, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    for number, given in enumerate(({"api_key": KEY}, {"api_key_file": str(key_file)})):
        target = tmp_path / f"{number}.json"
        run({"api_url": marked.url, **given}, "--write-config", str(target))
        written = json.loads(target.read_text())
        assert KEY not in str(written)
        assert "api_key" not in written


def test_evidence_shows_no_value_in_its_repr(marked: Sandbox) -> None:
    settings = read_settings({"api_url": marked.url, "api_key": KEY})
    evidence = gather(settings)
    assert MARK not in repr(evidence)
    assert MARK not in repr(replace(evidence, exhausted=True))
