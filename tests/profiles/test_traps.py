"""A server that pretends to work ends the run with one line that names the settings."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.profiles.people import NOW
from tests.singer import Message, discover, run_tap
from tests.thinning import thinned

LOGIN = ("login page", "auth_method")
FAILED = ("the content says that something failed", "candidates_path")
PROFILES = {
    "page": {"pagination": "page", "shape": "hrxml"},
    "offset": {"pagination": "offset", "shape": "flat", "envelope": "list"},
    "cursor": {"pagination": "cursor", "shape": "german", "envelope": "payload.items"},
    "link": {"pagination": "link", "shape": "php", "envelope": "results"},
    "none": {"pagination": "none", "shape": "php", "envelope": "candidates"},
}
# The place that the second page has on the wire; links carry page numbers here.
SECOND = {"page": "2", "offset": "10", "link": "2"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Message:
    """The fixed catalog, so that the sync and not the sampling meets the trap."""
    return discover({}, tmp_path_factory.mktemp("catalog"))


@pytest.mark.parametrize(
    ("fault", "profile", "says"),
    thinned(
        [
            (Fault("ignore_page"), "page", ("a page repeats", "page_param")),
            (Fault("ignore_page"), "offset", ("a page repeats", "offset_param")),
            (Fault("ignore_page"), "cursor", ("lead to no end", "cursor_param")),
            (Fault("ignore_page"), "link", ("lead to no end", "pagination")),
            *((Fault("error_body"), profile, FAILED) for profile in PROFILES),
            *((Fault("html"), profile, LOGIN) for profile in PROFILES),
            *(
                (Fault("error_body", page=page), profile, FAILED)
                for profile, page in SECOND.items()
            ),
            *((Fault("html", page=page), profile, LOGIN) for profile, page in SECOND.items()),
        ],
        3,
    ),
    ids=lambda part: (
        " ".join(filter(None, (part.kind, part.page)))
        if isinstance(part, Fault)
        else part[0]
        if isinstance(part, tuple)
        else part
    ),
)
def test_a_trap_ends_the_run(
    tmp_path: Path, catalog: Message, fault: Fault, profile: str, says: tuple[str, str]
) -> None:
    chosen: dict[str, t.Any] = PROFILES[profile]
    with running(Options(candidates=25, now=NOW, **chosen)) as sandbox:
        sandbox.faults.set(replace(fault, times=None))
        run = run_tap(
            {"page_size": 10, "prefetch_pages": 0},
            tmp_path,
            "--config=ENV",
            catalog=catalog,
            environment=sandbox.options.environment(sandbox.url),
        )
    assert run.exit_code == 1
    errors = [line for line in run.log.splitlines() if "ERROR" in line]
    assert len([line for line in errors if all(part in line for part in says)]) == 1
    assert "Traceback" not in run.log
    assert len(run.records("candidates")) == (
        10 if fault.page or fault.kind == "ignore_page" else 0
    )
    for state in run.of("STATE"):
        for bookmark in state["value"]["bookmarks"].values():
            assert bookmark["position"] is None
            assert bookmark["full_sync_at"] is None
