"""Sequences that once led astray, each by hand: what the proof found, and must find again."""

from __future__ import annotations

import pytest

from tests.proof.doors import PUBLIC, SECRET, Doors
from tests.proof.habits import Habits, Ids
from tests.proof.project import COMPLETE, DELTA, Project
from tests.proof.remote import (
    DAY,
    START,
    Add,
    Classify,
    Delete,
    Edit,
    Forget,
    Hide,
    Mute,
    Opening,
    Return,
    Wait,
    Withdraw,
)
from tests.proof.serving import Drift
from tests.proof.warehouse import STREAMS, Loading
from tests.proof.world import Server, World

DREHER, FRAESER, UNTITLED = Opening("Dreher", "neu"), Opening("Fräser", "neu"), Opening(None, "neu")


def begin(server: Server, *people: Add, habits: Habits | None = None, **project: object) -> World:
    """Start a world with some people, whose first run is a complete pass."""
    world = World(server, habits or Habits(), Project(**project))  # type: ignore[arg-type]
    world.happens(*people)
    world.sync()
    return world


def name_of_81(world: World) -> str | None:
    name: str | None = world.warehouse.living("jobs")["81"]["name"]
    return name


def test_a_delta_does_not_take_a_title_away(server: Server) -> None:
    world = begin(server, Add({"81": UNTITLED}), Add({"81": DREHER}, late=DAY))
    world.happens(Wait(1000), Edit(0))
    world.sync(DELTA)
    assert name_of_81(world) == "Dreher"
    world.expect_equality()


def test_somebody_without_an_update_time_does_not_retitle_in_a_delta(server: Server) -> None:
    world = begin(server, Add({"81": FRAESER}), Add({"81": DREHER}, late=DAY))
    world.happens(Wait(1000), Forget(0))
    world.sync()
    assert name_of_81(world) == "Dreher"
    world.sync(DELTA)
    assert name_of_81(world) == "Dreher"
    world.expect_equality()


@pytest.mark.parametrize("pagination", ["page", "offset", "cursor", "link"])
def test_whoever_moves_to_the_front_while_pages_are_read_is_not_deleted(
    server: Server, pagination: str
) -> None:
    habits = Habits(pagination=pagination, order="newest")  # type: ignore[arg-type]
    world = begin(server, Add(), Add(), Add(), habits=habits)
    world.happens(Wait(1000))
    world.sync(drift=Drift(2, (Edit(2),)))
    world.expect_equality()


def test_whoever_has_no_update_time_outlives_a_new_cutoff(server: Server) -> None:
    world = begin(server, Add(), habits=Habits(knows_unknown=False))
    world.happens(Wait(1000), Forget(0))
    world.project.limit = 100
    world.sync(is_refresh=True)
    world.project.cutoff_date = START - DAY
    for _ in range(3):
        world.happens(Wait(1000))
        world.sync()
    world.expect_equality()


def test_whoever_a_list_leaves_out_is_not_deleted_while_the_total_counts_them(
    server: Server,
) -> None:
    world = begin(server, *([Add({"81": DREHER})] * 5), habits=Habits(total="true"))
    world.happens(Wait(1000), Hide(2), Delete(0))
    for _ in range(3):
        situation = world.sync()
        assert not any(situation.tombstones(stream) for stream in STREAMS)
        world.happens(Wait(1000))
    assert {"13", "14"} <= world.warehouse.living("candidates").keys()
    world.happens(Hide(0))
    assert {row["remote_id"] for row in world.sync().tombstones("candidates")} == {"10"}
    world.expect_equality()


def test_a_total_that_was_always_too_high_hides_no_deletion(server: Server) -> None:
    world = begin(server, *([Add({"81": DREHER})] * 5), habits=Habits(total="high"))
    world.happens(Wait(1000), Delete(0))
    assert {row["remote_id"] for row in world.sync().tombstones("candidates")} == {"10"}
    world.expect_equality()


@pytest.mark.parametrize("hours", [COMPLETE, DELTA])
def test_openings_that_vanish_for_all_are_not_withdrawn(server: Server, hours: float) -> None:
    world = begin(server, *([Add({"81": DREHER, "82": UNTITLED})] * 8))
    world.happens(Wait(1000), Mute(is_mute=True))
    situation = world.sync(hours)
    assert situation.is_refused
    assert not any(situation.tombstones(stream) for stream in STREAMS)
    world.happens(Wait(1000), Mute(is_mute=False))
    assert not world.sync(hours).is_refused
    assert len(world.warehouse.living("applications")) == 16
    world.expect_equality()


def test_a_filter_that_changes_takes_people_out_of_its_own_table_only(server: Server) -> None:
    world = begin(server, Add({"81": DREHER}), Add({"82": DREHER}), Add())
    world.happens(Wait(1000), Classify(0))
    world.filters_by(Doors({"candidates": PUBLIC}, {"candidates": SECRET}))
    world.sync()
    assert world.warehouse.living("candidates").keys() == {"11", "12"}
    assert world.warehouse.living("candidates_again").keys() == {"10"}
    assert world.warehouse.living("jobs").keys() == {"82"}
    world.filters_by(Doors())
    world.expect_equality()


def test_a_cutoff_lets_nobody_out_whose_time_cannot_be_read(server: Server) -> None:
    world = World(server, Habits(), Project(cutoff_date=START - DAY))
    world.happens(Add(), Add(), Forget(0))
    world.sync()
    assert world.warehouse.living("candidates").keys() == {"11"}
    world.happens(Wait(1000), Forget(1))
    assert world.sync().is_untimed  # and hence an error: nobody on the first page has a time
    world.expect_equality()


def test_expired_people_outlive_a_refused_pass_and_its_approval(server: Server) -> None:
    old, young = [Add({"81": DREHER}, late=8 * DAY)] * 3, [Add(late=DAY)] * 12
    world = begin(server, *old, *young)
    world.happens(Wait(1000), *([Delete(3)] * 11))
    world.project.cutoff_date = START - 5 * DAY
    assert world.sync().is_refused
    world.happens(Wait(1000))
    world.project.limit = 100
    assert not world.sync().is_refused
    assert {"10", "11", "12"} <= world.warehouse.living("candidates").keys()
    world.expect_equality()


def test_a_refused_pass_deletes_in_no_stream_although_their_ledgers_differ(server: Server) -> None:
    world = begin(server, *([Add({"81": DREHER})] * 14), streams=["candidates"])
    world.happens(Wait(1000), *([Delete(0)] * 4))
    world.project.streams = ["jobs", "applications"]
    world.sync()
    world.happens(Wait(1000), *([Delete(0)] * 9))
    world.project.streams = STREAMS
    situation = world.sync()
    assert situation.is_refused
    assert not any(situation.tombstones(stream) for stream in STREAMS)
    world.expect_equality()


def test_a_target_that_writes_streams_one_by_one_dies_in_a_windowed_first_sync(
    server: Server,
) -> None:
    project = Project(start=START - 12 * DAY, has_windows=True)
    people = [Add({"81": DREHER}, late=days * DAY) for days in range(10, 0, -1)]
    for cut in range(10, 50, 5):
        world = World(server, Habits(until=True), project)
        world.happens(*people)
        world.sync(how=Loading(batch=4, one_by_one=True, dies=True), cut=cut)
        world.happens(Wait(1000))
        world.sync(DELTA, how=Loading(one_by_one=True))
        world.expect_equality()


def test_a_state_that_names_candidates_in_the_ledger_of_jobs_is_read(server: Server) -> None:
    people = Add({"81": DREHER, "82": DREHER}), Add({"82": DREHER}), Add({"83": DREHER}), Add()
    world = begin(server, *people, habits=Habits(ids="uuids"))
    world.warehouse.looks_older()
    world.happens(Wait(1000), Withdraw(0, "81"), Delete(2), Edit(1))
    situation = world.sync()
    assert {row["remote_id"] for row in situation.tombstones("jobs")} == {"81", "83"}
    world.expect_equality()


@pytest.mark.parametrize("ids", ["numbers", "uuids", "both"])
def test_a_job_goes_with_its_last_carrier_and_returns(server: Server, ids: Ids) -> None:
    world = begin(server, *([Add({"81": DREHER})] * 3), Add(), habits=Habits(ids=ids))
    for _ in range(2):
        world.happens(Wait(1000), Delete(0))
        assert not world.sync().tombstones("jobs")
    world.happens(Wait(1000), Delete(0))
    assert [row["remote_id"] for row in world.sync().tombstones("jobs")] == ["81"]
    world.happens(Wait(1000), Return(0, {"81": DREHER}))
    world.sync(DELTA)
    assert world.warehouse.living("jobs").keys() == {"81"}
    world.expect_equality()


@pytest.mark.parametrize("ids", ["numbers", "uuids", "both"])
@pytest.mark.parametrize("hours", [COMPLETE, DELTA])
def test_a_job_of_candidates_whom_a_filter_drops_goes(
    server: Server, ids: Ids, hours: float
) -> None:
    people = [Add({"81": DREHER}), Add({"81": DREHER, "82": DREHER}), Add({"83": DREHER})]
    world = begin(server, *people, habits=Habits(ids=ids))
    world.filters_by(Doors({"candidates": PUBLIC}))
    world.happens(Wait(1000), Classify(0))
    assert not world.sync(hours).tombstones("jobs")
    world.happens(Wait(1000), Classify(1))
    assert {row["remote_id"] for row in world.sync(hours).tombstones("jobs")} == {"81", "82"}
    world.happens(Wait(1000), Classify(0))
    world.sync(hours)
    assert world.warehouse.living("jobs").keys() == {"81", "83"}
    world.expect_equality()


@pytest.mark.parametrize("ids", ["numbers", "uuids", "both"])
def test_a_job_of_expired_candidates_has_no_tombstone(server: Server, ids: Ids) -> None:
    people = [Add({"81": DREHER}, late=8 * DAY)] * 2 + [Add({"82": DREHER}, late=DAY)]
    world = begin(server, *people, habits=Habits(ids=ids))
    world.project.cutoff_date = START - 5 * DAY
    world.happens(Wait(1000))
    assert not world.sync().tombstones("jobs")
    world.happens(Wait(1000), Delete(0), Delete(0), Delete(0))
    world.project.limit = 100
    assert [row["remote_id"] for row in world.sync().tombstones("jobs")] == ["82"]
    world.expect_equality()
