"""How a tenant's server behaves."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Ids = t.Literal["numbers", "uuids", "both"]
Pagination = t.Literal["page", "offset", "cursor", "link"]
Order = t.Literal["id", "newest", "scattered"]
Total = t.Literal["none", "true", "low", "high", "everybody"]
"""What an answer tells of the length of a list; everybody: as if nothing were filtered."""
Ending = t.Literal["plain", "404", "416", "last again", "empty for ever", "first", "shuffled"]
"""What follows the last page: nothing (an empty page, no link), a status, the last page again and
again, or links to empty pages; with the last two the list has no end, since the place in it is
ignored: the first page for ever, or any people in any order."""
Shape = t.Literal["list", "gaps", "ids", "single"]
"""How a list is written: as one, as what PHP makes of one with holes, by id, or one as itself."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How this tenant's server behaves.

    Attributes:
        pagination: The setting of the tap that fits.
        order: Of the list; scattered: neither by time nor by id, but always the same.
        filters: It honours `modified_since`; else the tap filters.
        until: It honours `modified_until`, too.
        until_inclusive: Whether that bound belongs to the window.
        knows_unknown: A filtered list has those without a time, too.
        total: What it says of the number of people.
        ending: What follows its last page.
        shape: How its lists are written, of people and of openings.
        ids: What the remote ids of people are.
    """

    pagination: Pagination = "page"
    order: Order = "id"
    filters: bool = True
    until: bool = False
    until_inclusive: bool = False
    knows_unknown: bool = True
    total: Total = "none"
    ending: Ending = "plain"
    shape: Shape = "list"
    ids: Ids = "numbers"

    @property
    def is_numbered(self) -> bool:
        """Whether its pages have numbers or offsets."""
        return self.pagination in {"page", "offset"}
