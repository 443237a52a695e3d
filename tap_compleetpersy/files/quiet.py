"""What drivers log: warnings only, and no secret in them."""

from __future__ import annotations

import logging
import typing as t
from collections.abc import Iterator, Mapping

_OURS = frozenset({"tap-compleetpersy", "tap_compleetpersy", "singer_sdk", "root"})
_SHORTEST_SECRET = 4


def quiet_others(options: Mapping[str, t.Any]) -> None:
    """Have every handler of the program drop what others log below WARNING, and hide secrets.

    Drivers log each request at INFO, some with the URL and the password in it.

    Args:
        options: The setting `attachments_options`, each text of which may be a secret.
    """
    secrets = tuple(sorted(_texts(options), key=len, reverse=True))
    for handler in logging.root.handlers:
        for before in handler.filters[:]:
            if isinstance(before, _Quiet):
                handler.removeFilter(before)
        handler.addFilter(_Quiet(secrets))


class _Quiet(logging.Filter):
    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in _OURS:
            return True
        if record.levelno < logging.WARNING:
            return False
        # A driver's traceback shows its arguments; the tap's own error says what failed.
        text = record.getMessage()
        for secret in self._secrets:
            text = text.replace(secret, "***")
        record.msg, record.args = text, None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and len(value) >= _SHORTEST_SECRET:
        yield value
