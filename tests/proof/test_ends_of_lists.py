"""However a list ends, or does not: each command ends, with all or loudly, in few requests."""

from __future__ import annotations

import itertools
import json
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tap_compleetpersy.cli.fields import command
from tap_compleetpersy.errors import ApiError
from tests.proof.habits import Ending, Habits, Pagination, Total
from tests.proof.in_process import discover, in_process, run_tap
from tests.proof.laws import most_requests
from tests.proof.project import COMPLETE, Project
from tests.proof.remote import HOUR, Add
from tests.proof.serving import FLOOD, Tenant, Visit, serving
from tests.proof.world import CALM_ENDINGS
from tests.thinning import thinned

SIZE = 20
LENGTHS = (0, 20, 45)
VARIANTS: tuple[tuple[Total, bool], ...] = (
    ("none", True),
    ("none", False),
    ("true", False),
)
"""What the server tells, and whether the tap is told of a filter."""

NUMBERED: tuple[Ending, ...] = ("plain", "404", "416", "last again", "first", "shuffled")
LINKED: tuple[Ending, ...] = ("plain", "empty for ever", "first", "shuffled")
PAGINATIONS: tuple[Pagination, ...] = ("page", "offset", "cursor", "link")
WAYS = [
    Habits(pagination=pagination, ending=ending)
    for pagination in PAGINATIONS
    for ending in (NUMBERED if Habits(pagination=pagination).is_numbered else LINKED)
]

Settings = Mapping[str, t.Any]
Command = Callable[[Tenant, Settings, Path], int | None]
"""Ends, with the number of people that it read, or with an error: None."""
Place = tuple[Tenant, str]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A server whose tenant a test replaces, and its address."""
    tenant = Tenant()
    with in_process(), serving(tenant) as url:
        yield tenant, url


def sync(tenant: Tenant, settings: Settings, _folder: Path) -> int | None:
    """Run the tap without a catalog, so that it samples first; return how many it read."""
    run = run_tap(tenant, settings, None, None)
    if run.error is not None:
        assert isinstance(run.error, ApiError), run.error
        return None
    records = [m for m in run.messages if m["type"] == "RECORD"]
    return len([each for each in records if each["stream"] == "candidates"])


def explore(_tenant: Tenant, settings: Settings, folder: Path) -> int | None:
    """Run `persy fields` over everybody; return how many it read."""
    config = folder / "config.json"
    config.write_text(json.dumps(settings))
    words = ["--config", str(config), "--sample", "0", "--format", "json"]
    done: Result = CliRunner().invoke(command, words)
    assert done.exit_code in {0, 1}, done.output
    said = str(done.stderr.splitlines()[-1])
    return None if done.exit_code else int(said.split()[1])


def sample(tenant: Tenant, settings: Settings, _folder: Path) -> int | None:
    """Run `--discover`; return how many it read."""
    try:
        catalog = discover(settings)
    except ApiError:
        return None
    assert {stream["stream"] for stream in catalog["streams"]} >= {"candidates", "jobs"}
    return len(tenant.visit.served)


@pytest.mark.parametrize("command", [sync, sample, explore])
@pytest.mark.parametrize("way", thinned(WAYS, 7), ids=lambda way: f"{way.pagination}, {way.ending}")
def test_each_command_ends_with_all_or_loudly_in_few_requests(
    place: Place,
    tmp_path: Path,
    way: Habits,
    command: Command,
) -> None:
    tenant, url = place
    for length, (total, filters) in itertools.product(LENGTHS, VARIANTS):
        habits = replace(way, total=total, filters=filters)
        begin(tenant, habits, length)
        settings = {
            **Project(page_size=SIZE).settings(url, habits, COMPLETE),
            "extra_streams": [],
        }
        read = command(tenant, settings, tmp_path)
        case = f"{length} people, total {total}, filters {filters}: {read} read"
        requests = len(tenant.visit.requests)
        assert requests <= walks_of(command) * most_requests(-(-length // SIZE)), case
        if tenant.visit.is_endless and command is not sample:
            assert read is None, case
        elif way.ending in CALM_ENDINGS:
            assert read == length, case
        else:
            assert read in {length, None}, case


@pytest.mark.parametrize("command", [sync, sample, explore])
@pytest.mark.parametrize("total", thinned(["none", "true", "low", "high"], 2))
def test_a_long_list_takes_little_more_than_its_pages(
    place: Place,
    tmp_path: Path,
    total: Total,
    command: Command,
) -> None:
    tenant, url = place
    begin(tenant, habits := Habits(total=total, ending="last again", filters=False), 90)
    settings = {**Project(page_size=2).settings(url, habits, COMPLETE), "extra_streams": []}
    assert command(tenant, settings, tmp_path) == 90
    assert len(tenant.visit.requests) <= walks_of(command) * most_requests(45) < FLOOD


def walks_of(command: Command) -> int:
    """Return how often a command may walk over the list: without a catalog a sync samples first."""
    return 2 if command is sync else 1


def begin(tenant: Tenant, habits: Habits, length: int) -> None:
    """Let a server have other habits and so many people."""
    tenant.remote.people.clear()
    tenant.habits, tenant.visit = habits, Visit()
    for hours in range(length):
        Add(late=hours * HOUR).happen(tenant.remote)
