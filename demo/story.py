"""What happens in the local Persy between two demos: one day of a recruiter's work."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from demo.local_persy import Change

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    Row: t.TypeAlias = tuple[t.Any, ...]
    Edit: t.TypeAlias = tuple[str, str, str, dict[str, t.Any]]
    Pick: t.TypeAlias = Callable[[str], Row | None]

WORKING_DAY = timedelta(hours=10)

# Each picks another row every day, and always the same on the same day.
SETTLED = """
    SELECT remote_id, first_name, last_name FROM candidates
    WHERE remote_deleted_at IS NULL AND location->>'$.city' <> 'Leipzig'
    ORDER BY md5(remote_id || ?) LIMIT 1"""
EMPLOYED = """
    SELECT remote_id, first_name, last_name FROM candidates
    WHERE remote_deleted_at IS NULL AND company IS NOT NULL
    ORDER BY md5(? || remote_id) LIMIT 1"""
PENDING = """
    SELECT candidates.remote_id, jobs.remote_id, first_name, last_name, name
    FROM applications
    JOIN candidates ON candidate_id = candidates.id JOIN jobs ON job_id = jobs.id
    WHERE outcome = 'PENDING' AND applications.remote_deleted_at IS NULL
    AND applications.remote_created_at IS NOT NULL
    ORDER BY md5(applications.remote_id || ?) LIMIT 1"""
WITHDRAWN = PENDING.replace("md5(applications.remote_id || ?)", "md5(? || applications.remote_id)")
RENAMED = """
    SELECT jobs.remote_id, name, count(*) FROM jobs JOIN applications ON job_id = jobs.id
    WHERE jobs.remote_deleted_at IS NULL AND applications.remote_deleted_at IS NULL
    AND name NOT LIKE 'Teilzeit%' GROUP BY ALL
    HAVING count(*) > 1 ORDER BY count(*), md5(any_value(jobs.remote_id) || ?) LIMIT 1"""


def next_day(
    warehouse: duckdb.DuckDBPyConnection, first_day: str, past: tuple[Change, ...]
) -> tuple[Change, ...]:
    """Make up the next day from what the warehouse knows.

    Args:
        warehouse: The tables of the tap, as they arrived last time.
        first_day: ISO 8601 with an offset.
        past: The edits of all days so far.

    Returns:
        Edits that touch a few candidates and leave all others alone, spread over some
        hours.
    """
    start = datetime.fromisoformat(first_day)
    last = datetime.fromisoformat(past[-1].at) if past else start
    day = (last - start).days + 1

    def pick(query: str) -> Row | None:
        rows = warehouse.execute(query, [str(day)]).fetchall()
        return rows[0] if rows else None

    edits = list(_edits(pick))
    return tuple(
        Change(*edit, (start + timedelta(days=day) + WORKING_DAY * number / len(edits)).isoformat())
        for number, edit in enumerate(edits)
    )


def _edits(pick: Pick) -> Iterator[Edit]:
    if row := pick(SETTLED):
        candidate, *name = row
        address = {"zip_code": "04109", "city": "Leipzig", "state": "Sachsen", "country": "DE"}
        what = f"{_full(name)} ({candidate}) moved to Leipzig"
        yield what, "PATCH", f"/candidates/{candidate}", {"address": address}
    if row := pick(EMPLOYED):
        candidate, *name = row
        job = {"company": "Windkraft Nordsee GmbH", "title": "Teamleitung", "current": True}
        what = f"{_full(name)} ({candidate}) has a new employer"
        yield what, "PATCH", f"/candidates/{candidate}", {"employments": [job]}
    if row := pick(PENDING):
        candidate, opening, *name, title = row
        what = f"{_full(name)} is hired as {_short(title)} ({candidate}/{opening})"
        yield what, "PUT", f"/candidates/{candidate}/openings/{opening}", {"status": "Zusage"}
    if row := pick(WITHDRAWN):
        candidate, opening, *name, title = row
        what = f"{_full(name)} withdrew from {_short(title)} ({candidate}/{opening})"
        yield what, "DELETE", f"/candidates/{candidate}/openings/{opening}", {}
    if row := pick(RENAMED):
        opening, title, carriers = row
        what = f"{_short(title)} ({opening}) has a new title, which {carriers} candidates carry"
        yield what, "PATCH", f"/openings/{opening}", {"title": f"Teilzeit möglich: {title}"}
    yield "somebody new applied", "POST", "/candidates", {}


def _full(name: list[str | None]) -> str:
    return " ".join(part for part in name if part) or "somebody without a name"


def _short(title: str | None) -> str:
    return (title or "an opening without a title").partition(" (m/w/d)")[0]
