"""Which columns of candidates the tap can know to be filled, and who empties them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.proof.laws import SAYS
from tests.proof.project import Project
from tests.proof.situation import Situation
from tests.proof.warehouse import TABLES, Warehouse, source_of


@dataclass
class Columns:
    """The columns that may be deselected.

    Attributes:
        filled: Of each table, those that the kept state knows to have been emitted.
    """

    filled: dict[str, set[str]] = field(
        default_factory=lambda: {t: set() for t in TABLES if source_of(t) == "candidates"}
    )

    def to_empty(self, project: Project) -> dict[str, set[str]]:
        """Return the columns that were filled, are deselected, and are to be emptied."""
        if not project.erases or "candidates" not in project.streams:
            return {}
        own, gone = project.doors.tables(["candidates"]), set(project.deselected)
        return {table: those & gone for table, those in self.filled.items() if table in own}

    def note(self, situation: Situation, *, is_kept: bool) -> None:
        """Note which columns the kept state knows of after a run, or has forgotten."""
        for table, filled in self.filled.items():
            if not situation.given:
                filled.clear()  # nothing else can tell what was there before
            columns = situation.columns(table)
            if is_kept and columns is not None:
                filled.update(columns & SAYS.keys())

    def drop(self, project: Project, warehouse: Warehouse) -> None:
        """Empty by hand what no run empties, with the statement of docs/privacy.md."""
        for table, filled in self.filled.items():
            for record in warehouse.rows[table].values():
                for name in set(project.deselected) & record.keys():
                    if not project.erases or name not in filled:
                        record[name] = None
