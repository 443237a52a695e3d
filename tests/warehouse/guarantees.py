"""The page of guarantees as users read it, and runs that end in a warehouse."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from tap_compleetpersy.sandbox.state import Sandbox
from tests.meltano import ROOT
from tests.singer import Message, Run, run_tap
from tests.warehouse.loading import Warehouse

COMPLETE = {"full_sync_hours": 0.0000001}
COLUMNS = {"candidates": "remote_id, last_name", "jobs": "remote_id", "applications": "remote_id"}
Rows = dict[str, set[tuple[t.Any, ...]]]

PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


def block(language: str, name: str) -> str:
    """Return the code below a marker."""
    found = re.search(rf"<!-- {language}: {name} -->\n```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def statements(name: str, time: str = "") -> list[str]:
    """Return the statements of a block of SQL, with another time than the page's."""
    sql = re.sub(r"timestamp '[^']*'", f"timestamp '{time}'", block("sql", name))
    return [statement.strip() for statement in sql.split(";") if statement.strip()]


@dataclass(frozen=True, slots=True)
class Flow:
    """A tap that ends in a warehouse.

    Attributes:
        config: Settings of the tap.
        catalog: Its catalog.
        warehouse: Where the records go.
    """

    config: Message
    catalog: Message
    warehouse: Warehouse

    def run(self, state: Message | None = None, **settings: t.Any) -> Run:
        """Run the tap, and load what it wrote."""
        run = run_tap(
            self.config | settings, self.warehouse.folder, state=state, catalog=self.catalog
        )
        assert run.exit_code == 0, run.log
        self.warehouse.load(run.messages)
        return run

    def rows(self, where: str = "remote_deleted_at is null") -> Rows:
        """Return what the warehouse has; without a condition, what lives."""
        return {
            stream: set(self.warehouse.rows(f"select {columns} from {stream} where {where}"))  # noqa: S608 - our own names
            for stream, columns in COLUMNS.items()
        }


def facts(sandbox: Sandbox) -> Rows:
    """Return what it should have."""
    people = sandbox.store.candidates()
    return {
        "candidates": {(person.remote_id, person.last_name) for person in people},
        "jobs": {(opening.remote_id,) for person in people for opening in person.openings},
        "applications": {
            (f"{person.remote_id}/{opening.remote_id}",)
            for person in people
            for opening in person.openings
        },
    }
