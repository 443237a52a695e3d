"""What a server answers: pure functions of the remote system, its habits and a query."""

from __future__ import annotations

import json
import random
import typing as t
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from tests.proof.habits import Habits, Order, Shape
from tests.proof.remote import Moment, Person, Remote

Query = Mapping[str, str]
PAST_ALL = [1 << 60]
"""Sorts after everybody."""
NOTE = "x" * 2000
"""Makes records large for their STATE, so that there is STATE in the middle of a run."""


def is_endless(habits: Habits, many: int, size: int, told: int | None) -> bool:
    """Whether nobody can see where a list of so many people ends.

    A full first page that is sent again may be the whole list or the only page that is shown,
    unless the server tells how many people there are.
    """
    is_one_page = many < size or (many == size == told)
    if not habits.is_numbered:
        return habits.ending in {"first", "shuffled"}
    if habits.ending == "first":
        return many > 0 and not is_one_page
    if habits.ending == "shuffled":
        return many > 1
    return habits.ending == "last again" and many == size and not is_one_page


def next_link(query: Query) -> str:
    """Return the header that leads to the next page."""
    following = urlencode({**query, "page": int(query.get("page", 1)) + 1})
    return f'<?{following}>; rel="next"'


def told_total(
    remote: Remote, habits: Habits, people: Sequence[Person], query: Query
) -> int | None:
    """Return what the server says of the number of people, None for nothing."""
    if habits.total == "true":  # and only then is anybody hidden
        return len(filtered(remote, habits, query, is_capped=False))
    if habits.total == "low" and habits.ending != "first":  # else it says: one page is all
        return max(len(people) - 1, 0)
    return {"high": len(people) + 2, "everybody": len(remote.people)}.get(habits.total)


def filtered(
    remote: Remote, habits: Habits, query: Query, *, is_capped: bool = True
) -> list[Person]:
    """Return the list that a query means, in the order of the server."""
    unseen = remote.unseen() if is_capped and habits.total == "true" else ()
    since, until = _moment(query.get("modified_since")), _moment(query.get("modified_until"))

    def fits(person: Person) -> bool:
        if person.number in unseen:
            return False
        if person.updated is None:
            return habits.knows_unknown or (since is None and until is None)
        return (since is None or person.updated >= since) and (
            until is None
            or person.updated < until
            or (habits.until_inclusive and person.updated == until)
        )

    return sorted(
        filter(fits, remote.shown().values()), key=lambda person: sort_key(habits.order, person)
    )


def paged(
    people: Sequence[Person], habits: Habits, query: Query, number: int
) -> tuple[int, Sequence[Person], bool]:
    """Return the status, the page that a query means, and whether a next link follows it.

    Args:
        people: The list.
        habits: Of the server.
        query: As asked.
        number: Of the request in the run.
    """
    size = int(query["per_page"])
    if habits.ending in {"first", "shuffled"}:
        order = list(people)
        if habits.ending == "shuffled":
            random.Random(number).shuffle(order)
        return 200, order[:size], True
    if habits.pagination == "cursor":
        after = json.loads(query["cursor"])[1:] if "cursor" in query else None
        rest = [p for p in people if after is None or sort_key(habits.order, p) > after]
        more = len(rest) > size or habits.ending == "empty for ever"
        return 200, rest[:size], more
    start = int(query.get("offset", 0))
    if habits.pagination != "offset":
        start = (int(query.get("page", 1)) - 1) * size
    if habits.is_numbered and start > 0 and start >= len(people):
        if habits.ending in {"404", "416"}:
            return int(habits.ending), [], False
        if habits.ending == "last again" and people:
            start = (len(people) - 1) // size * size
    more = len(people) > start + size or habits.ending == "empty for ever"
    return 200, people[start : start + size], more


def sort_key(order: Order, person: Person) -> list[t.Any]:
    """Return what a list is sorted by: no two have the same."""
    first = {
        "id": 0,
        "newest": 0 if person.updated is None else -person.updated,
        "scattered": zlib.crc32(person.number.encode()),
    }[order]
    return [first, person.number]


def shaped(items: Mapping[str, t.Any], shape: Shape) -> t.Any:
    """Write a list, the way a shape says; keys are ids."""
    those = list(items.values())
    if shape == "single":
        return those[0] if len(those) == 1 else those or None
    if shape == "gaps" and those:
        return {str(2 * place): each for place, each in enumerate(those)}
    return items if shape == "ids" and those else those


def wire(person: Person, habits: Habits) -> dict[str, t.Any]:
    """Return a version as the API does."""
    return {
        "CandidateRecordInfo": {
            "Id": {"IdValue": person.number},
            "Confidential": str(int(person.is_confidential)),
            "CreatedDate": said(person.created),
            "LastModificationDate": "" if person.updated is None else said(person.updated),
        },
        "CandidateSupplier": {"EntityName": remark(person, "Quelle")},
        "CandidateProfile": {"PersonalData": {"PersonName": {"FamilyName": person.name}}},
        "PositionOpening": shaped(
            {
                number: {
                    "PositionRecordInfo": {"Id": {"IdValue": number}},
                    "PositionProfile": {"PositionDetail": {"PositionTitle": opening.title}},
                    "Status": opening.status,
                }
                for number, opening in person.openings.items()
            },
            habits.shape,
        ),
        "UserArea": {"Notiz": NOTE, "Vermerk": remark(person, "Vermerk")},
    }


def remark(person: Person, word: str) -> str:
    """Return a text that begins with a word, different in each version."""
    return person.name.replace("Name", word)


def said(moment: Moment) -> str:
    """Return a time in whole seconds of UTC."""
    return f"{datetime.fromtimestamp(moment // 1000, tz=UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moment(text: str | None) -> Moment | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp() * 1000)
