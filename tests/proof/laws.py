"""What must hold of every run, whatever happened before it or meanwhile."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tap_compleetpersy.sync.errors import DeletionsRefusedError
from tests.proof.expected import Scope, application_number, instant, moment_of
from tests.proof.remote import SECOND, Moment, Person
from tests.proof.running import Run
from tests.proof.server import FLOOD, Visit
from tests.proof.warehouse import STREAMS, Message, Record, State

ALWAYS_PASS = 10
"""So many deletions are believed whatever the limit says."""
OF_A_TOMBSTONE = {"id", "remote_id", "changed_at", "remote_deleted_at"}


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a run is judged by.

    Attributes:
        run: What the tap wrote and how it ended.
        visit: What the server was asked and said.
        given: The state that the run was started with.
        streams: Those selected.
        scope: Of this run.
        started: When, by the server's clock and by the tap's.
        before: Who lived when it began.
        after: Who lived when it ended.
        rejuvenated: Those of them whose present version is not their newest.
        unseen: Those of them who are in no list.
        limit: `deletion_limit_percent`.
        written: Records of each stream that the warehouse had, deleted ones included.
    """

    run: Run
    visit: Visit
    given: State
    streams: Collection[str]
    scope: Scope
    started: tuple[Moment, Moment]
    before: Mapping[str, Person]
    after: Mapping[str, Person]
    rejuvenated: Collection[str]
    unseen: Collection[str]
    limit: int
    written: Mapping[str, int]

    @property
    def is_refused(self) -> bool:
        """The pass has found too many deletions."""
        return isinstance(self.run.error, DeletionsRefusedError)

    @property
    def short(self) -> int:
        """By how many people less were served than the server told of, in the end."""
        return max((self.visit.told or 0) - len(self.visit.served), 0)

    def is_proof(self, stream: str) -> bool:
        """Whether the pass proves to a stream that who was not served is gone."""
        before = self.given.get("bookmarks", {}).get(stream, {}).get("short")
        return self.short <= (before or 0)

    @property
    def is_proven(self) -> bool:
        """Whether the pass proves it to every stream."""
        return all(map(self.is_proof, self.streams))

    @property
    def is_untimed(self) -> bool:
        """Whether a cutoff cannot be kept: no version on the first page says its time."""
        versions = self.visit.first
        is_kept = not versions or any(version.updated is not None for version in versions)
        return self.scope.cutoff is not None and not is_kept

    def records(self, stream: str) -> list[Record]:
        """Answer the records of a stream, in order."""
        return [
            message["record"]
            for message in self.run.messages
            if message["type"] == "RECORD" and message["stream"] == stream
        ]

    def tombstones(self, stream: str) -> list[Record]:
        """Answer the deletions of a stream."""
        return [record for record in self.records(stream) if record["remote_deleted_at"]]

    def served(self) -> Iterator[Person]:
        """Answer the versions that the server has sent and the cutoff lets out."""
        for versions in self.visit.served.values():
            yield from filter(self.scope.allows, versions)


def expect_lawful(situation: Situation) -> None:
    """Check what holds of every run."""
    expect_valid_messages(situation.run.messages, situation.streams, situation.run.error)
    expect_one_observation(situation)
    expect_bookmarks_to_grow(situation)
    expect_only_what_was_served(situation)
    expect_nobody_older_than_the_cutoff(situation)
    expect_an_end(situation)
    expect_few_withdrawals(situation)


def expect_valid_messages(
    messages: Sequence[Message], streams: Collection[str], error: Exception | None
) -> None:
    """One SCHEMA a selected stream, before its records; records of its shape; in the end STATE."""
    shapes: dict[str, set[str]] = {}
    for message in messages:
        if message["type"] == "SCHEMA":
            assert message["stream"] not in shapes
            shapes[message["stream"]] = set(message["schema"]["properties"])
        elif message["type"] == "RECORD":
            record = message["record"]
            assert record.keys() == shapes[message["stream"]]
            if record["remote_deleted_at"] is not None:
                assert not any(record[name] for name in record.keys() - OF_A_TOMBSTONE)
    if error is None or isinstance(error, DeletionsRefusedError):
        assert shapes.keys() == set(streams)
        last = [message["type"] for message in messages if message["type"] != "RECORD"][-1]
        assert last == "STATE"  # a RECORD may follow: the SDK writes no STATE twice


def expect_one_observation(situation: Situation) -> None:
    """One `changed_at` a run, later than any that is remembered."""
    remembered = [
        t.cast("int", moment_of(bookmark["changed_at"])) + 1
        for bookmark in situation.given.get("bookmarks", {}).values()
        if bookmark.get("changed_at")
    ]
    expected = instant(max([situation.started[1], *remembered]))
    for stream in STREAMS:
        for record in situation.records(stream):
            assert record["changed_at"] == expected
            assert record["remote_deleted_at"] in {None, expected}


def expect_bookmarks_to_grow(situation: Situation) -> None:
    """No position goes back, and none passes the start of the run."""
    latest = max(situation.started) + SECOND
    last = {
        stream: moment_of(bookmark.get("position"))
        for stream, bookmark in situation.given.get("bookmarks", {}).items()
    }
    for message in situation.run.messages:
        if message["type"] != "STATE":
            continue
        bookmarks = message["value"]["bookmarks"]
        assert last.keys() <= bookmarks.keys()
        for stream, bookmark in bookmarks.items():
            position, before = moment_of(bookmark["position"]), last.get(stream)
            assert before is None or (position is not None and position >= before)
            assert position is None or position <= latest or position == before
            last[stream] = position


def expect_only_what_was_served(situation: Situation) -> None:
    """Every record that lives was on the server during the run, and within the cutoff."""
    served = list(situation.served())
    candidates = {(p.number, p.name, instant(p.updated)) for p in served}
    jobs = {(number, o.title) for p in served for number, o in p.openings.items()}
    applications = {application_number(p.number, number) for p in served for number in p.openings}
    for record in situation.records("candidates"):
        if record["remote_deleted_at"] is None:
            said = (record["remote_id"], record["last_name"], record["remote_updated_at"])
            assert said in candidates
    for record in situation.records("jobs"):
        if record["remote_deleted_at"] is None:
            assert (record["remote_id"], record["name"]) in jobs
    for record in situation.records("applications"):
        if record["remote_deleted_at"] is None:
            assert record["remote_id"] in applications


def expect_nobody_older_than_the_cutoff(situation: Situation) -> None:
    """Where the server filters, nobody older than the cutoff is asked for."""
    cutoff = situation.scope.cutoff
    for query in situation.visit.requests:
        if cutoff is not None and "modified_since" in query:
            asked = t.cast("int", moment_of(query["modified_since"]))
            assert asked >= cutoff // SECOND * SECOND


def expect_an_end(situation: Situation) -> None:
    """Each list is read twice at most, and each time in a bounded number of requests."""
    visit = situation.visit
    assert len(visit.requests) <= FLOOD
    for bounds, requests in visit.walked.items():
        assert requests <= 2 * most_requests(visit.pages[bounds]), (bounds, requests)


def most_requests(pages: int) -> int:
    """Return how many requests a walk over so many pages may send."""
    return 2 * pages + 20


def expect_few_withdrawals(situation: Situation) -> None:
    """Of people who live, not more applications leave at once than the limit lets."""
    living = situation.before.keys() & situation.after.keys()
    withdrawn = [
        record["remote_id"]
        for record in situation.tombstones("applications")
        if record["remote_id"][:2] in living and record["remote_id"][:2] in situation.visit.served
    ]
    most = max(ALWAYS_PASS, situation.limit * situation.written["applications"] / 100)
    assert situation.limit == 100 or len(withdrawn) <= most


def expect_nothing_alive_buried(situation: Situation, late: Collection[str]) -> None:
    """No tombstone of what lived from the run's beginning to its end.

    Expired is not deleted; but a version that says an earlier time than the one before
    it may leave the list like a deleted one, and so may who is in no list, if the server
    tells of no more people than are missing as ever. A job lives if someone in scope carries
    it whom the tap can know to do so: shown in this run, or not late.

    Args:
        situation: Of the run.
        late: Whose present version only a complete pass of jobs is sure to see.
    """
    throughout = [
        (situation.before[number], situation.after[number])
        for number in situation.before.keys() & situation.after.keys()
    ]
    listed = [
        (old, new)
        for old, new in throughout
        if old.number not in situation.rejuvenated
        or old.number in situation.visit.served
        or (situation.scope.holds(old) and situation.scope.holds(new))
    ]
    for stream in STREAMS:
        alive = _living(stream, situation, listed, late)
        buried = {record["remote_id"] for record in situation.tombstones(stream)}
        assert not buried & alive, f"{stream} are deleted that live: {buried & alive}"


def _living(
    stream: str,
    situation: Situation,
    listed: Iterable[tuple[Person, Person]],
    late: Collection[str],
) -> set[str]:
    """Return the remote ids of a stream that follow from people who live, as of the law."""
    overlooked = situation.unseen if situation.is_proof(stream) else ()
    people = [(old, new) for old, new in listed if old.number not in overlooked]
    if stream == "candidates":
        return {old.number for old, _ in people}
    carried = [
        (old, new, number)
        for old, new in people
        for number in old.openings.keys() & new.openings.keys()
    ]
    if stream == "applications":
        return {application_number(old.number, number) for old, _, number in carried}
    scope, served = situation.scope, situation.visit.served
    return {
        number
        for old, new, number in carried
        if scope.holds(old)
        and scope.holds(new)
        and (old.number in served or old.number not in late)
    }


def expect_nobody_buried(situation: Situation) -> None:
    """No tombstone of anybody, nor of what followed from somebody who is gone."""
    people = {record["remote_id"][:2] for record in situation.tombstones("applications")}
    assert not situation.tombstones("candidates")
    assert people <= situation.before.keys() | situation.after.keys()


def expect_no_repetition(situation: Situation, living: Mapping[str, Mapping[str, Record]]) -> None:
    """What is deleted in the warehouse is not deleted again.

    Args:
        situation: Of a run that goes on where one before it ended well.
        living: Rows that were alive in the warehouse before, by stream and remote id.
    """
    for stream in STREAMS:
        buried = {record["remote_id"] for record in situation.tombstones(stream)}
        assert buried <= living[stream].keys(), f"{stream} are deleted again"
