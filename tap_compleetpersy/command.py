"""The tap's command line: the SDK's, with errors of one line that never show data."""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import sys
import typing as t
from pathlib import Path

from singer_sdk.exceptions import ConfigValidationError, MapExpressionError, StreamMapConfigError
from singer_sdk.plugin_base import SingerCommand
from typing_extensions import override

from tap_compleetpersy import errors
from tap_compleetpersy.sdk import is_of_flattening
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.settings.declaration import read_json_object
from tap_compleetpersy.sync.state import WAY_OUT, StateError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)})
STREAM_MAP_ERRORS = (StreamMapConfigError, MapExpressionError)


class OneLineErrors(SingerCommand):
    """Exits with 1 and one line for each problem."""

    def main(self, *args: t.Any, **kwargs: t.Any) -> t.Any:  # noqa: ANN401 - click's
        """Run the command."""
        _spare_collections()
        try:
            _require_streams()
            return super().main(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - its text may hold personal data
            for line in explain(error):
                self.logger.error(line)  # noqa: TRY400 - no traceback
        raise SystemExit(1)


def _spare_collections() -> None:
    """Have no collection, that at the exit included, go through what was imported.

    It lives as long as the process. Some of what a second run finds is garbage of the first.
    """
    if not gc.get_freeze_count():
        gc.freeze()
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)


def _require_streams() -> None:
    """Write nowhere what a closed stderr would get: that says how a run goes, and must not end it.

    Raises:
        TargetGoneError: When stdout is closed.
    """
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the process
    if sys.stdout is None:
        message = "stdout is closed, and nobody can read what the tap writes"
        raise errors.TargetGoneError(message)


def explain(error: Exception) -> t.Sequence[str]:
    """Return what went wrong, one line for each problem; the SDK's errors may hold data, too."""
    if isinstance(error, ConfigValidationError):
        return list(error.errors)
    if isinstance(error, OSError) and error.filename is None and error.errno in _NO_ROOM:
        return [f"stdout cannot be written: {error.strerror}"]
    if isinstance(error, STREAM_MAP_ERRORS):
        line = (
            f"stream_maps: an expression cannot be used ({type(error).__name__}). Check the "
            "names in it, and that it works when a field is null, as in a tombstone"
        )
        return [line]
    if is_of_flattening(error, errors.place_of(error)):
        line = (
            "flattening_enabled: two fields become one column. Lower flattening_max_depth, or "
            "give them columns of their own by stream_maps"
        )
        return [line]
    return errors.explain(error)


def checked_state(file: t.IO[str]) -> t.IO[str]:
    """Return the state's file again, if it holds a JSON object.

    Raises:
        StateError: For anything else.
    """
    whole = _Read(file)
    try:
        read_json_object("--state", whole)
    except SettingsError as error:
        message = f"{error}. {WAY_OUT}"
        raise StateError(message) from None
    return whole


class _Read(io.StringIO):
    """A file that is read once and given again: a state may be large, and so are copies of it."""

    def __init__(self, file: t.IO[str]) -> None:
        super().__init__()
        self._file = file
        self._text: str | None = None

    @override
    def read(self, size: int | None = -1, /) -> str:
        """Return the whole text, and keep it until it was asked for again."""
        if self._text is None:
            self._text = self._file.read()
            return self._text
        text, self._text = self._text, None
        return text
