"""What is passed on of Meltano's log, and the one line that is made of a failure."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from concurrent import futures
from pathlib import Path

import pytest
from persy_tenants.meltano import Meltano, Outcome

TAP = {"name": "tap-compleetpersy", "level": "info"}
TARGET = {"name": "target-postgres", "level": "info", "consumer": True}
ROW = 'DETAIL:  Failing row contains (1, Özdemir, "x").'
MELTANO = """#!{python}
import sys
if "state" in sys.argv:
    sys.exit()
sys.stdout.write(open("said").read())
sys.exit({code})
"""


def heard(folder: Path, *events: Mapping[str, object], code: int = 1) -> Outcome:
    """Let a program say this in place of Meltano, and answer what is made of it."""
    program = folder / ".venv-meltano" / "bin" / "meltano"
    program.parent.mkdir(parents=True)
    program.write_text(MELTANO.format(python=sys.executable, code=code))
    program.chmod(0o755)
    (folder / "meltano.yml").touch()
    meltano = Meltano(folder, folder / "runs")
    said = "\n".join(json.dumps(event) for event in events)
    (meltano.prepare("acme") / "said").write_text(said + "\nnot JSON\n", encoding="utf-8")
    return meltano.run("acme", environment={})


def count(stream: str, value: int) -> dict[str, object]:
    metric = {"metric": "record_count", "value": value, "tags": {"stream": stream}}
    return {**TAP, "event": "METRIC", "metric_info": metric}


def test_records_are_counted_by_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = (count("jobs", 2), count("jobs", 3), count("candidates", 1))
    outcome = heard(tmp_path, *events, code=0)
    assert outcome.records == {"jobs": 5, "candidates": 1}
    assert outcome.reason is None
    assert "info     tap-compleetpersy: 3 records of jobs\n" in capsys.readouterr().err


def test_the_reason_of_the_tap_comes_first(tmp_path: Path) -> None:
    outcome = heard(
        tmp_path,
        {**TAP, "level": "error", "event": "GET /candidates: status 401; nothing is claimed."},
        {**TARGET, "event": "psycopg.OperationalError: the connection is lost"},
        {"level": "error", "event": "Extractor failed"},
    )
    assert outcome.reason == "GET /candidates: status 401; nothing is claimed."
    assert outcome.is_hopeless


def test_of_a_target_that_fails_only_the_reason_is_passed_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = heard(
        tmp_path,
        {**TARGET, "event": "Target is ready"},
        {**TARGET, "event": "Traceback (most recent call last):"},
        {**TARGET, "event": 'psycopg.errors.CheckViolation: new row violates "not_wanted"'},
        {**TARGET, "event": ROW},
        {"level": "error", "event": "Loader failed"},
    )
    log = capsys.readouterr().err
    assert outcome.reason == ("target-postgres: psycopg.errors.CheckViolation: new row violates …")
    assert not outcome.is_hopeless
    assert "Target is ready" in log
    assert "Loader failed" in log
    assert "Özdemir" not in log


@pytest.mark.parametrize(
    "event",
    [
        {**TARGET, "event": ROW},
        {**TARGET, "level": "error", "event": "the row of Özdemir is refused"},
        {**TARGET, "event": "psycopg.errors.NotNullViolation: null value of Özdemir"},
    ],
    ids=["detail", "level", "exception"],
)
def test_a_target_is_hidden_from_its_first_sign_of_failing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], event: Mapping[str, object]
) -> None:
    heard(tmp_path, {**TARGET, "event": "ready"}, event, {**TARGET, "event": "Özdemir again"})
    log = capsys.readouterr().err
    assert "ready" in log
    assert "Özdemir" not in log


def test_a_run_that_says_nothing_has_its_exit_code_for_a_reason(tmp_path: Path) -> None:
    assert heard(tmp_path, code=3).reason == "meltano ended with exit code 3"


def test_first_runs_at_once_let_one_of_them_make_the_database(tmp_path: Path) -> None:
    """The program that stands in for Meltano fails when it is not alone."""
    program = tmp_path / ".venv-meltano" / "bin" / "meltano"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"alone = pathlib.Path({str(tmp_path / 'alone')!r})\nalone.mkdir()\n"
        f'with pathlib.Path({str(tmp_path / "asked")!r}).open("a") as asked: asked.write("x")\n'
        "alone.rmdir()\n"
    )
    program.chmod(0o755)
    (tmp_path / "meltano.yml").touch()
    meltano = Meltano(tmp_path, tmp_path / "runs")
    with futures.ThreadPoolExecutor(8) as pool:
        assert [*pool.map(lambda _: meltano.make_database(), range(8))] == [None] * 8
    assert (tmp_path / "asked").read_text() == "x"
    program.touch()  # another release of Meltano may have other tables
    meltano.make_database()
    assert (tmp_path / "asked").read_text() == "xx"
