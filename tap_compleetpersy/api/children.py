"""The list that a candidate has in a child stream: attachments, notes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import quote

from tap_compleetpersy.api.envelope import records
from tap_compleetpersy.api.errors import ApiError

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.client import Client
    from tap_compleetpersy.model.child_streams import ChildStream

_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Listed:
    """A candidate's list, as the server gives it.

    Attributes:
        records: As decoded; they need not be objects.
        url: Address that answered: relative links may be relative to it.
    """

    records: list[object] = field(repr=False)
    url: str = field(repr=False)


def list_children(
    client: Client, child: ChildStream, path: str, candidate_id: str
) -> Listed | None:
    """Ask for the list of a candidate, in one answer.

    Args:
        client: Asks the server.
        child: Which list.
        path: The setting that `child.path` names.
        candidate_id: Remote id.

    Returns:
        The list; None when there is no such list (404, 410): the candidate may be gone, or
        without one, or the path may be wrong.

    Raises:
        ApiError: When it cannot be read.
    """
    try:
        where = path.replace("{candidate_id}", quote(candidate_id, safe=""))
        answer, document = client.get_document(where)
        return Listed(records(document, None, child.names), answer.url)
    except ApiError as error:
        if error.status in _GONE:
            return None
        error.advice = error.advice.replace("candidates_path", child.path)
        raise
