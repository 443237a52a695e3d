"""The list that a candidate has in a child stream: attachments, notes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import quote

from tap_compleetpersy.api.envelope import records, total
from tap_compleetpersy.api.errors import ApiError
from tap_compleetpersy.api.paginators import LINK_PLACES, at_path

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.client import Client
    from tap_compleetpersy.model.declaration import ChildStream

_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Listed:
    """A candidate's list, as the server gives it.

    Attributes:
        records: As decoded; they need not be objects.
        url: Address that answered: links may be relative to it.
        is_whole: Whether nothing tells of more records than these.
    """

    records: list[object] = field(repr=False)
    url: str = field(repr=False)
    is_whole: bool = True


def list_children(
    client: Client, child: ChildStream, path: str, candidate_id: str
) -> Listed | None:
    """Return the list of a candidate, from one answer at the path that `child.path` sets.

    None when there is no such list (404, 410): the candidate may be gone, or without one, or the
    path may be wrong.

    Raises:
        ApiError: When it cannot be read.
    """
    try:
        where = path.replace("{candidate_id}", quote(candidate_id, safe=""))
        answer, document = client.get_document(where)
        found = records(document, None, child.names)
        told = total(document, answer.headers) or 0
        further = (at_path(document, place) for place in LINK_PLACES)
        has_next = any(each.get("href") if isinstance(each, dict) else each for each in further)
        return Listed(found, answer.url, is_whole=len(found) >= told and not has_next)
    except ApiError as error:
        if error.status in _GONE:
            return None
        error.advice = error.advice.replace("candidates_path", child.path)
        raise
