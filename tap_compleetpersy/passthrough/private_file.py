"""A file that only its owner reads, and that is there whole or not at all."""

from __future__ import annotations

import signal
import tempfile
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if t.TYPE_CHECKING:
    from types import FrameType

_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def private_file(path: Path) -> Iterator[t.BinaryIO]:
    """Write a file under another name and rename it in the end.

    Until then, and for good when the block fails or the process is terminated, what
    was there stays as it is, and nothing else is left behind.

    Raises:
        OSError: When the file cannot be written, or is there and no regular file.
    """
    target = path.expanduser().resolve()
    if target.exists() and not target.is_file():
        message = "Not a regular file"
        raise OSError(None, message)
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        with tempfile.NamedTemporaryFile(  # of mode 0600
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            written = Path(file.name)
            try:
                yield t.cast("t.BinaryIO", file)
                file.close()
                written.replace(target)
            except BaseException:
                written.unlink(missing_ok=True)
                raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(_number: int, _frame: FrameType | None) -> t.NoReturn:
    raise SystemExit(_TERMINATED)
