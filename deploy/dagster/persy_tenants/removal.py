"""How a tenant leaves: everything that is kept of it, shown first, then deleted."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from persy_tenants import warehouse
from persy_tenants.meltano import Meltano

_MONTH = r"(?:-\d{4}-\d{2})?"


@dataclass(frozen=True, slots=True)
class Traces:
    """What there is of one tenant.

    Attributes:
        account: Whose.
        rows: Table to number of rows.
        views: The schema of its views, if it is there.
        states: Ids of its Meltano states, those of months included.
        folders: Where its runs had their catalogs.
        runs: Ids of runs of Dagster that were of nobody else, which have logs.
    """

    account: str
    rows: dict[str, int]
    views: str | None
    states: tuple[str, ...]
    folders: tuple[Path, ...]
    runs: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        kept = (self.views, self.states, self.folders, self.runs)
        return any(self.rows.values()) or any(kept)

    def lines(self) -> Iterator[str]:
        """Return it, for people."""
        for table, rows in self.rows.items():
            yield f"{rows:>12,} rows of {table}"
        if self.views:
            yield f"{'1':>12} schema of views, {self.views}"
        yield from (f"{'1':>12} state, {state}" for state in self.states)
        yield from (f"{'1':>12} folder, {folder}" for folder in self.folders)
        if self.runs:
            yield f"{len(self.runs):>12,} runs in Dagster, with their logs"


def find(account: str, loader: str, meltano: Meltano) -> Traces:
    """Look for a tenant everywhere; changes nothing."""
    schema = warehouse.schema_of(loader)
    with warehouse.opened(loader) as connection:
        rows = warehouse.count(connection, schema, account)
        own = warehouse.views_of(schema, account)
        views = own if warehouse.has_schema(connection, own) else None
    belongs = re.compile(re.escape(account) + _MONTH)
    states = [s for s in meltano.states() if belongs.fullmatch(s.rpartition(":")[2])]
    folders = [f for f in sorted(meltano.folders.glob("*/")) if belongs.fullmatch(f.name)]
    runs = [run.run_id for run in _dagster().get_runs() if _is_of(run, account)]
    return Traces(account, rows, views, tuple(states), tuple(folders), tuple(runs))


def delete(traces: Traces, loader: str, meltano: Meltano) -> None:
    """Delete what was found: the rows in one transaction, then views, states, folders and runs."""
    with warehouse.opened(loader) as connection:
        warehouse.remove(connection, warehouse.schema_of(loader), traces.account)
    for state in traces.states:
        meltano.clear_state(state)
    for folder in traces.folders:
        shutil.rmtree(folder)
    instance = _dagster()
    for run in traces.runs:
        instance.compute_log_manager.delete_logs(prefix=[run])
        instance.delete_run(run)


def _dagster() -> dg.DagsterInstance:
    """Return Dagster's instance; one that is empty where no home is told."""
    told = os.environ.get("DAGSTER_HOME")
    return dg.DagsterInstance.get() if told else dg.DagsterInstance.ephemeral()


def _is_of(run: dg.DagsterRun, account: str) -> bool:
    return {key.path[0] for key in run.asset_selection or ()} == {account}
