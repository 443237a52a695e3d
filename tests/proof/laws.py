"""What must hold of every run, whatever happened before it or meanwhile."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Collection, Iterable, Mapping, Sequence

from tap_compleetpersy.errors import DeletionsRefusedError
from tests.proof.remote import SECOND, Person
from tests.proof.rows import OUTCOMES, application_number, instant, moment_of
from tests.proof.serving import FLOOD, Visit
from tests.proof.situation import Situation
from tests.proof.warehouse import Message, Record, source_of

ALWAYS_PASS = 10
"""So many deletions are believed whatever the limit says."""
SAYS = {"last_name": "Name ", "source": "Quelle ", "custom_fields.Vermerk": "Vermerk "}
"""Words in the values of columns that may be deselected, and in no others."""
OF_A_TOMBSTONE = {"id", "remote_id", "changed_at", "remote_deleted_at"}


def expect_lawful(situation: Situation) -> None:
    """Check what holds of every run."""
    expect_valid_messages(situation.run.messages, situation.tables, situation.run.error)
    expect_one_observation(situation)
    expect_bookmarks_to_grow(situation)
    expect_only_what_was_served(situation)
    expect_nobody_older_than_the_cutoff(situation)
    expect_nothing_deselected(situation)
    expect_bounded(situation.visit)
    expect_few_withdrawals(situation)


def expect_valid_messages(
    messages: Sequence[Message], tables: Collection[str], error: Exception | None
) -> None:
    """One SCHEMA a table, before its records; records of its shape; in the end STATE."""
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
        assert shapes.keys() == set(tables)
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
    for table in situation.tables:
        for record in situation.records(table):
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
    served, doors = list(situation.served()), situation.doors
    for table in situation.tables:
        stream, allowed = source_of(table), set[tuple[str, str | None]]()
        for person in served:
            if stream == "candidates" and doors.passes(table, person):
                allowed.add((person.number, instant(person.updated)))
            for number, opening in person.openings.items() if stream != "candidates" else ():
                if doors.passes(table, person, opening):
                    is_job = stream == "jobs"
                    remote_id = number if is_job else application_number(person.number, number)
                    allowed.add((remote_id, opening.title if is_job else OUTCOMES[opening.status]))
        said = {"candidates": "remote_updated_at", "jobs": "name", "applications": "outcome"}
        for record in situation.records(table):
            if record["remote_deleted_at"] is None:
                assert (record["remote_id"], record[said[stream]]) in allowed, (table, record)


def expect_nothing_deselected(situation: Situation) -> None:
    """What is deselected leaves by no column; the tap says nothing of whom it never named."""
    forbidden = [SAYS[name] for name in SAYS if name in situation.deselected]
    for table in situation.tables:
        known = situation.emitted[source_of(table)]
        for record in situation.records(table):
            assert not any(word in json.dumps(record) for word in forbidden)
            assert record["remote_deleted_at"] is None or record["remote_id"] in known


def expect_nobody_older_than_the_cutoff(situation: Situation) -> None:
    """Where the server filters, nobody older than the cutoff is asked for."""
    cutoff = situation.scope.cutoff
    for query in situation.visit.requests:
        if cutoff is not None and "modified_since" in query:
            asked = t.cast("int", moment_of(query["modified_since"]))
            assert asked >= cutoff // SECOND * SECOND


def expect_emptied_columns(
    situation: Situation, living: Mapping[str, Mapping[str, Record]]
) -> None:
    """After a run that ended well no row in scope has anything in a column that is to be empty.

    Args:
        situation: Of the run.
        living: Rows that are alive in the warehouse after it, by table and remote id.
    """
    for table, names in situation.to_empty.items():
        columns = situation.columns(table)
        assert columns is None or columns >= set(names), f"{table} has not {names}"
        for number, row in living[table].items():
            person = situation.after.get(number)
            if person is None or number not in situation.visit.served:
                continue
            if situation.scope.holds(person) and situation.doors.passes(table, person):
                assert not any(row.get(name) for name in names), (table, row)


def expect_no_trace(rows: Mapping[str, Mapping[str, Record]]) -> None:
    """Nothing is left of the deleted, in any column that a table ever had.

    Args:
        rows: All of the warehouse, by table and id.
    """
    for table, records in rows.items():
        for record in records.values():
            if record["remote_deleted_at"] is not None:
                left = {name for name in record.keys() - OF_A_TOMBSTONE if record[name]}
                assert not left, f"{table} {record['remote_id']} still has {left}"


def expect_bounded(visit: Visit) -> None:
    """Each list is read twice at most, and each time in a bounded number of requests."""
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
        if record["remote_id"].split("/")[0] in living
        and record["remote_id"].split("/")[0] in situation.visit.served
        # whom a filter keeps out leaves with the candidate
        and situation.doors.admits(situation.after[record["remote_id"].split("/")[0]])
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
    for table in situation.tables:
        alive = _living(table, situation, listed, late)
        buried = {record["remote_id"] for record in situation.tombstones(table)}
        assert not buried & alive, f"{table} are deleted that live: {buried & alive}"


def _living(
    table: str,
    situation: Situation,
    listed: Iterable[tuple[Person, Person]],
    late: Collection[str],
) -> set[str]:
    """Return the remote ids of a table that follow from people who live, as of the law."""
    stream, doors = source_of(table), situation.doors
    overlooked = situation.unseen if situation.is_proof(stream) else ()
    people = [(old, new) for old, new in listed if old.number not in overlooked]
    if stream == "candidates":
        return {
            old.number for old, new in people if all(doors.passes(table, p) for p in (old, new))
        }
    carried = [
        (old, new, number)
        for old, new in people
        for number in old.openings.keys() & new.openings.keys()
        if all(doors.passes(table, p, p.openings[number]) for p in (old, new))
    ]
    if stream == "applications":
        return {application_number(old.number, number) for old, _, number in carried}
    scope, served = situation.scope, situation.visit.served
    named = [*situation.before.values(), *situation.after.values()]
    refused = {
        number
        for person in named
        for number, opening in person.openings.items()
        if doors.admits(person) and not doors.passes(table, person, opening)
    }
    return {
        number
        for old, new, number in carried
        if scope.holds(old)
        and scope.holds(new)
        and (old.number in served or old.number not in late)
    } - refused


def expect_nobody_buried(situation: Situation) -> None:
    """No tombstone of anybody, nor of what followed from somebody who is gone."""
    people = {record["remote_id"].split("/")[0] for record in situation.tombstones("applications")}
    assert not situation.tombstones("candidates")
    assert people <= situation.before.keys() | situation.after.keys()


def expect_no_repetition(situation: Situation, living: Mapping[str, Mapping[str, Record]]) -> None:
    """What is deleted in the warehouse is not deleted again.

    Args:
        situation: Of a run that goes on where one before it ended well.
        living: Rows that were alive in the warehouse before, by table and remote id.
    """
    for table in situation.tables:
        buried = {record["remote_id"] for record in situation.tombstones(table)}
        # A job that one carrier's title lets in, and the next one's takes out, is in both.
        said = {r["remote_id"] for r in situation.records(table) if not r["remote_deleted_at"]}
        assert buried <= living[table].keys() | said, f"{table} are deleted again"
