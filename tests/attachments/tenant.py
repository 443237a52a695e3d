"""A local Persy with attachments, and runs of the tap that ask for them."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from tap_compleetpersy.sandbox.state import Sandbox
from tests.catalog import select
from tests.singer import Message, Run, discover, run_tap
from tests.source import ALWAYS_COMPLETE

STREAM = "candidate_attachments"


@dataclass
class Tenant:
    """A tenant, and what its runs have in common."""

    persy: Sandbox
    folder: Path
    state: Message | None = None
    settings: dict[str, t.Any] = field(default_factory=dict)

    def give(self, candidate: str, attachment: str, *, touch: bool = False, **facts: t.Any) -> None:
        """Give a candidate an attachment; the candidate's update time stays, unless touched."""
        self.persy.store.put_attachment(candidate, attachment, touch=touch, **facts)

    @property
    def files(self) -> Path:
        """The folder for content."""
        return self.folder / "files"

    @property
    def config(self) -> dict[str, t.Any]:
        return {
            "api_url": self.persy.url,
            "api_key": self.persy.api_key,
            "attachments_dir": str(self.files),
            "max_retries": 0,
        } | self.settings

    @functools.cached_property
    def catalog(self) -> Message:
        """A catalog with every stream selected."""
        return select(discover(self.config, self.folder))

    def sync(self, exit_code: int = 0, **settings: t.Any) -> Run:
        """Run the tap, from where the last run ended."""
        run = run_tap(self.config | settings, self.folder, state=self.state, catalog=self.catalog)
        assert run.exit_code == exit_code, run.log
        if run.of("STATE"):
            self.state = run.state
        return run

    def complete_pass(self, **settings: t.Any) -> Run:
        """Run the tap so that it finds deletions."""
        return self.sync(full_sync_hours=ALWAYS_COMPLETE, deletion_limit_percent=100, **settings)

    def asked(self, path: str) -> list[str]:
        """Return the paths of requests so far that contain a text, and forget all requests."""
        found = [request.path for request in self.persy.requests if path in request.path]
        self.persy.requests.clear()
        return found

    def stored(self) -> list[Path]:
        """Return the contents in the folder."""
        return sorted(path for path in self.files.glob("??/*") if path.is_file())


def attachments(run: Run) -> dict[str, Message]:
    """Return the rows of attachments by remote id, as an upsert leaves them."""
    return {record["remote_id"]: record for record in run.records(STREAM)}
