"""What can go wrong between the tap and Persy.

The message of each error is one line: what failed, what is kept, what to do. It
never holds a body, a query, a header or the key, so that it may be logged.
"""

from __future__ import annotations

# ruff: noqa: N818 - the names say what happened; all are errors
from typing_extensions import override

from tap_compleetpersy.errors import PersyError


class ApiError(PersyError):
    """Persy could not be asked, or its answer cannot be used.

    Attributes:
        what: What failed, as a short phrase: ``status 503``.
        advice: A sentence that names the settings to check.
        path: Path of the request, without its query; empty when not known.
        status: HTTP status, where there was an answer.
        may_pass: Whether the same request may succeed a little later.
        retry_after: Seconds that the server asked to wait.
        tries: How often the request was sent.
        method: Method of the request.
        kept: What is kept in spite of it, as a short phrase.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each fact
        self,
        what: str,
        advice: str,
        *,
        path: str = "",
        status: int | None = None,
        may_pass: bool = False,
        retry_after: float | None = None,
    ) -> None:
        """Keep the facts apart; the message joins them."""
        super().__init__(what, advice)
        self.what = what
        self.advice = advice
        self.path = path
        self.status = status
        self.may_pass = may_pass
        self.retry_after = retry_after
        self.tries = 1
        self.method = "GET"
        self.kept = "nothing is claimed"

    @override
    def __str__(self) -> str:
        """Join the facts into one line."""
        where = f"{self.method} {self.path}: " if self.path else ""
        tries = f" after {self.tries} tries" if self.tries > 1 else ""
        return f"{where}{self.what}{tries}; {self.kept}. {self.advice}"


class AccessRefused(ApiError):
    """The server answered 401 or 403: the key, or the way it is sent."""


class Unreachable(ApiError):
    """No answer came, after all tries: name, connection, TLS, timeout."""


class UnexpectedAnswer(ApiError):
    """An answer came, but nothing in it can be trusted as a list of records."""


class PagingFailure(ApiError):
    """The pages do not lead to an end: they repeat, or leave the server."""


class ClientClosed(ApiError):
    """The client was closed, possibly by another thread; no user sees this."""

    def __init__(self, path: str = "") -> None:
        """There is one reason only."""
        super().__init__("the client is closed", "Make another one.", path=path)
