"""One page of a list: which ids, in which order, and the body and headers around them.

What cannot be read of a query is answered with 400.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import typing as t
import zlib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.exceptions import HTTPException

from tap_compleetpersy.sandbox.facts import BERLIN

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.options import Options

Query: t.TypeAlias = Mapping[str, str]
OrderKey: t.TypeAlias = tuple[int, str]
MakeKey: t.TypeAlias = Callable[[str, datetime, int], OrderKey]
"""Id, update time and seed to a place in the list. Places are comparable and unique, so that a
cursor can continue behind one even when its candidate is gone."""
_GERMAN_TIME = re.compile(r"(\d{2})[.-](\d{2})[.-](\d{4})(.*)", re.DOTALL)
_PLACE_OF_RECORDS = "\x00records"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of ids, what the envelope says beside the records, and how the next is asked for.

    The next query replaces parameters of this request; on the last page it is None.
    """

    ids: Sequence[str]
    meta: Mapping[str, t.Any]
    next_query: Mapping[str, str] | None = None


def read_time(name: str, text: str) -> datetime:
    """Return a filter's time: ISO 8601, German, Unix seconds; without an offset it is Berlin's."""
    if re.fullmatch(r"\d{9,11}", text):
        return datetime.fromtimestamp(int(text), UTC)
    try:
        moment = datetime.fromisoformat(_GERMAN_TIME.sub(r"\3-\2-\1\4", text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise HTTPException(400, f"{name} is no time") from None


def time_span(query: Query, options: Options) -> tuple[datetime | None, datetime | None]:
    """Return the lower and the upper bound of the update time; without a name there is none."""

    def bound(name: str | None) -> datetime | None:
        return read_time(name, query[name]) if name and name in query else None

    return bound(options.modified_since_param), bound(options.modified_until_param)


def page(
    ids: Sequence[str], query: Query, options: Options, order_key: Callable[[str], OrderKey]
) -> Page:
    """Return one page of the ids that the filter selects, which are in the order of the list."""
    meta: dict[str, t.Any] = {"total": len(ids)} if options.total else {}
    if options.pagination == "none":
        return Page(ids, meta)
    size = min(
        _integer(query, options.page_size_param, options.page_size, minimum=1),
        options.max_page_size,
    )
    meta["per_page"] = size
    if options.pagination == "cursor":
        start = _start(ids, query.get(options.cursor_param), options, order_key)
        rows = ids[start : start + size]
        is_last = start + size >= len(ids)
        next_query = None if is_last else {options.cursor_param: _cursor(order_key(rows[-1]))}
        return Page(rows, meta, next_query)
    if options.pagination == "offset":
        offset = _integer(query, options.offset_param, 0, minimum=0)
        return Page(ids[offset : offset + size], meta | {"offset": offset})
    number = _integer(query, options.page_param, options.first_page, minimum=options.first_page)
    start = (number - options.first_page) * size
    following = {options.page_param: str(number + 1)} if start + size < len(ids) else None
    return Page(ids[start : start + size], meta | {"page": number}, following)


def envelope(bodies: Sequence[bytes], listed: Page, options: Options) -> bytes:
    """Return the answer around the records' bytes, which are not read again."""
    records = b",".join(bodies)
    if options.envelope == "list":
        return b"[" + records + b"]"
    if options.shape != "php" or len(bodies) > 1:
        records = b"[" + records + b"]"
    answer: dict[str, t.Any] = {}
    _place(answer, options.envelope, _PLACE_OF_RECORDS)
    answer["meta"] = {**listed.meta, **answer.get("meta", {})}
    if options.pagination == "cursor":
        next_cursor = (listed.next_query or {}).get(options.cursor_param)
        _place(answer, options.next_cursor_path, next_cursor)
    before, after = json.dumps(answer).split(json.dumps(_PLACE_OF_RECORDS))
    return before.encode() + (records or b"null") + after.encode()


def _place(answer: dict[str, t.Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        answer = answer.setdefault(parent, {})
    answer[last] = value


def _integer(query: Query, name: str, default: int, *, minimum: int) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < minimum:
        raise HTTPException(400, f"{name} must be an integer of at least {minimum}")
    return int(text)


def _cursor(key: OrderKey) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _start(
    ids: Sequence[str], cursor: str | None, options: Options, order_key: Callable[[str], OrderKey]
) -> int:
    """Continue behind the cursor's record, also when it was deleted or moved meanwhile."""
    if not cursor:
        return 0
    try:
        place, remote_id = json.loads(base64.urlsafe_b64decode(cursor))
        return bisect_right(ids, (int(place), str(remote_id)), key=order_key)
    except (ValueError, TypeError, binascii.Error):
        message = f"{options.cursor_param} is not a cursor of this server"
        raise HTTPException(400, message) from None


ORDERS: Mapping[str, MakeKey] = {
    "id": lambda remote_id, _, __: (len(remote_id), remote_id),
    "newest": lambda remote_id, updated_at, _: (-int(updated_at.timestamp()), remote_id),
    "oldest": lambda remote_id, updated_at, _: (int(updated_at.timestamp()), remote_id),
    "random": lambda remote_id, _, seed: (zlib.crc32(f"{remote_id}:{seed}".encode()), remote_id),
}
