"""A local Persy whose people a test chooses, and runs of the tap that follow each other."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from pathlib import Path

from tap_compleetpersy.sandbox.state import Sandbox
from tests.catalog import deselect, select
from tests.singer import Message, Run, discover, run_tap

ALWAYS_COMPLETE = 0.000_001
"""So few hours that every run is a complete pass, which finds deletions."""

TOMBSTONE = {"id", "remote_id", "changed_at", "remote_deleted_at"}
"""What a deletion has; all else is null."""


@dataclass
class Source:
    """A tenant, and what its runs have in common.

    Attributes:
        folder: For files.
        catalog: Of every run; None: a plain pipe.
        state: What the last run left.
    """

    persy: Sandbox
    folder: Path
    catalog: Message | None = None
    state: Message | None = None

    @property
    def config(self) -> dict[str, t.Any]:
        """Settings that talk to the tenant."""
        return {
            "api_url": self.persy.url,
            "api_key": self.persy.api_key,
            "full_sync_hours": ALWAYS_COMPLETE,
        }

    def sync(self, **settings: t.Any) -> Run:
        """Run the tap, from where the last run ended."""
        config = self.config | settings
        run = run_tap(config, self.folder, state=self.state, catalog=self.catalog)
        assert run.exit_code == 0, run.log
        self.state = run.state
        return run

    def discover(self, *deselected: str) -> Message:
        """Return the catalog with every stream selected.

        Args:
            deselected: Fields of candidates, such as ``custom_fields.Gehaltswunsch``.
        """
        catalog = select(discover(self.config, self.folder))
        return deselect(catalog, "candidates", *deselected) if deselected else catalog


def columns(run: Run, stream: str = "candidates") -> dict[str, Message]:
    """Return the properties that a stream's SCHEMA declares."""
    (schema,) = run.of("SCHEMA", stream)
    return t.cast("dict[str, Message]", schema["schema"]["properties"])


def deletions(run: Run, stream: str = "candidates") -> list[Message]:
    """Return a stream's tombstones."""
    return [record for record in run.records(stream) if record["remote_deleted_at"]]


def deletion(run: Run, stream: str = "candidates") -> Message:
    """Return a stream's only tombstone, whatever maps made of it."""
    (found,) = deletions(run, stream)
    return found
