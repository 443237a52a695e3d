"""The tap's command line: the SDK's, with errors of one line that never show data."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
import typing as t
from pathlib import Path

from singer_sdk.exceptions import ConfigValidationError, MapExpressionError, StreamMapConfigError
from singer_sdk.plugin_base import SingerCommand

from tap_compleetpersy import errors
from tap_compleetpersy.sdk import is_of_flattening

_NO_ROOM = frozenset({errno.ENOSPC, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)})


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
    """Raise when stdout is closed; what a closed stderr would get goes nowhere."""
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
    if isinstance(error, StreamMapConfigError | MapExpressionError):
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
