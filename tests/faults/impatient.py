"""The tap as a program that waits for nothing."""

from __future__ import annotations

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.tap import TapCompleetpersy


def main() -> None:
    """Run the tap; between two tries no time goes by."""
    Client._wait = _wait_not  # type: ignore[method-assign]  # noqa: SLF001 - no setting says so
    TapCompleetpersy.cli()


def _wait_not(self: Client, seconds: float) -> None:  # noqa: ARG001 - the client's
    self._require_open()
