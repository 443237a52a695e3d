"""What can go wrong, told in lines without personal data, secrets or tracebacks.

A message says what failed, what is kept and what to do. The tree::

    PersyError
    ├── SettingsError          settings, options or their files
    ├── StateError             the state
    ├── ApiError               Persy, or the way to it
    │   ├── AccessRefused         the key
    │   ├── Unreachable           no answer
    │   ├── UnexpectedAnswer      an answer that is no list
    │   ├── PagingFailure         no end of pages
    │   └── ClientClosed          the end of a run
    ├── StoreError             where attachments are stored
    ├── DeletionsRefusedError  too much would be deleted
    ├── ExtraStreamError       a stream of the user's
    ├── StreamMapFailedError   a stream map
    └── TargetGoneError        the target
"""

from __future__ import annotations

# ruff: noqa: N818 - the names of what the API does say what happened
import traceback
import typing as t
from pathlib import Path

from typing_extensions import override


class PersyError(Exception):
    """Something that one line explains: what failed, what is kept, what to do."""

    @property
    def lines(self) -> t.Sequence[str]:
        """One line for each problem."""
        return (str(self),)


class ApiError(PersyError):
    """Persy could not be asked, or its answer cannot be used.

    The message never holds a body, a query, a header or the key.

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


class DeletionsRefusedError(PersyError):
    """A complete pass misses more than ``deletion_limit_percent`` allows."""


class ExtraStreamError(PersyError):
    """Records of an extra stream are not as its definition says; the message has no value."""


class StreamMapFailedError(PersyError):
    """An expression of a stream map fails on a record; the message has no value."""


class TargetGoneError(PersyError):
    """Nobody reads the tap's output any more."""


class LimitReachedError(Exception):
    """A dry run has as many records as it asked for."""


def explain(error: BaseException) -> t.Sequence[str]:
    """Return what went wrong, one line for each problem."""
    if isinstance(error, PersyError):
        return error.lines
    line = (
        f"Unexpected {type(error).__name__} at {place_of(error)}. Its text is not shown, since "
        "it may hold personal data; please report this line"
    )
    return (line,)


def causes_of(error: BaseException) -> t.Iterator[BaseException]:
    """Yield an error and what libraries wrapped in it or raised it from, each once."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None)]
        lists = [current.args, *(getattr(current, name, ()) for name in ("errors", "exceptions"))]
        waiting += [each for group in lists if isinstance(group, list | tuple) for each in group]


def place_of(error: BaseException) -> str:
    """Return where an error arose, and the last place in this package that it passed.

    Both are a file's name and a line: ``socket.py:42, called from client.py:7``.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "tap_compleetpersy" in frame.filename]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in (*frames[-1:], *own[-1:])]
    return ", called from ".join(dict.fromkeys(places))
