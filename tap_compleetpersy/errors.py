"""What can end a run or a command, told in lines without personal data, secrets or tracebacks.

The tree::

    PersyError
    ├── SettingsError          settings, options or their files
    ├── StateError             the state
    ├── ApiError               Persy, or the way to it
    ├── StoreError             where attachments are stored
    ├── DeletionsRefusedError  too much would be deleted
    ├── ExtraStreamError       a stream of the user's
    ├── StreamMapFailedError   a stream map
    └── TargetGoneError        the target
"""

from __future__ import annotations

import traceback
import typing as t
from pathlib import Path


class PersyError(Exception):
    """Something that one line explains: what failed, what is kept, what to do."""

    @property
    def lines(self) -> t.Sequence[str]:
        """One line for each problem."""
        return (str(self),)


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
