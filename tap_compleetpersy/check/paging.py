"""What two listings say about the parameters that were sent, and names to try."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from tap_compleetpersy.check.evidence import Listing

SIZE_NAMES: t.Final = (
    "per_page", "limit", "page_size", "pageSize", "size", "count", "perPage", "page[size]",
    "page[limit]",
)  # fmt: skip
PAGE_NAMES: t.Final = ("page", "p", "page_number", "pageNumber", "seite", "page[number]")
OFFSET_NAMES: t.Final = ("offset", "start", "skip", "from", "page[offset]")
_SMALL = 25


class Step(t.NamedTuple):
    """What a parameter would mean if the list moved to a certain record."""

    pagination: t.Literal["page", "offset"]
    name: str
    first_page: int = 1


def small_size(first: Listing) -> int:
    """Choose a page size that shows within the first page whether it is honoured."""
    return max(1, min(_SMALL, len(first) // 2))


def begins_like(first: Listing, other: Listing) -> bool:
    """Tell whether another listing is the beginning of the first one.

    Most places must agree, and not all: people are edited while they are listed.
    """
    pairs = list(zip(first.marks, other.marks, strict=False))
    return bool(pairs) and 2 * sum(one == two for one, two in pairs) > len(pairs)


def has_moved(first: Listing, second: Listing) -> bool | None:
    """Tell whether a parameter led to other records; None when there is nothing to compare.

    An empty page counts: who ignores the parameter answers the first page.
    """
    if not second.is_usable or not len(first):
        return None
    return not begins_like(first, second)


def is_sized(first: Listing, other: Listing, size: int) -> bool | None:
    """Tell whether a listing has the size that was asked for."""
    if not other.is_usable or size >= len(first):
        return None
    return len(other) == size


def sizes(names: Sequence[str], first: Listing) -> dict[str, int]:
    """Give each name another page size, so that the length of one answer tells which counts."""
    return {name: size for size, name in enumerate(names, 1) if size < len(first)}


def named_size(asked: dict[str, int], answer: Listing) -> str | None:
    """Name the parameter that decided the length of an answer to :func:`sizes`."""
    return next((name for name, size in asked.items() if size == len(answer)), None)


def places(
    page_names: Sequence[str], offset_names: Sequence[str], room: int
) -> tuple[dict[str, int], dict[int, Step]]:
    """Give each name another place, so that the first record of one answer tells which counts.

    The answer must have one record a page. A page number leads to one of two records,
    since the first page is 1 or 0.

    Args:
        page_names: Parameters that may take a page number.
        offset_names: Parameters that may take an offset.
        room: How many records are known.

    Returns:
        The parameters to send, and for each place in the list what it would mean.
    """
    asked: dict[str, int] = {}
    meant: dict[int, Step] = {}
    place = 1
    for rank in range(max(len(page_names), len(offset_names))):
        if rank < len(page_names) and place + 1 < room:
            name = page_names[rank]
            asked[name] = place + 1
            meant[place] = Step("page", name, 1)
            meant[place + 1] = Step("page", name, 0)
            place += 2
        if rank < len(offset_names) and place < room:
            name = offset_names[rank]
            asked[name] = place
            meant[place] = Step("offset", name)
            place += 1
    return asked, meant


def step_to(first: Listing, answer: Listing, meant: dict[int, Step]) -> Step | None:
    """Say what led to the first record of an answer to :func:`places`."""
    if not len(answer) or answer.marks[0] not in first.marks:
        return None
    return meant.get(first.marks.index(answer.marks[0]))
