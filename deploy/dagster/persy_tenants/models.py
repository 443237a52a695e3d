"""The dbt models as assets, behind the streams of all tenants; Meltano runs dbt."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import dagster as dg

from persy_tenants import warehouse
from persy_tenants.meltano import Meltano
from persy_tenants.tenants import Tenants

SOURCE = "persy"
MADE = ("model", "snapshot")


def read_models(manifest: Path, accounts: tuple[str, ...]) -> list[dg.AssetSpec]:
    """Read dbt's manifest: each model and snapshot, and what it is made of.

    A table of the source is made of that stream of every tenant.
    """
    content = json.loads(manifest.read_text(encoding="utf-8"))
    tables = {
        unique: node["name"]
        for unique, node in content["sources"].items()
        if node["source_name"] == SOURCE
    }

    def upstream(unique: str) -> list[dg.AssetKey]:
        if table := tables.get(unique):
            return [dg.AssetKey([account, table]) for account in accounts]
        return [_key(content["nodes"][unique])]

    nodes = content["nodes"]
    found = {unique: node for unique, node in nodes.items() if node["resource_type"] in MADE}
    # Each after what it is made of, as Dagster wants the results of one step.
    order = TopologicalSorter(
        {unique: found.keys() & node["depends_on"]["nodes"] for unique, node in found.items()}
    )
    models = [found[unique] for unique in order.static_order()]
    return [
        dg.AssetSpec(
            _key(model),
            deps=[key for unique in model["depends_on"]["nodes"] for key in upstream(unique)],
            description=model["description"],
            group_name="models",
            kinds={"dbt"},
        )
        for model in models
    ]


def models(tenants: Tenants, meltano: Meltano, manifest: Path) -> dg.AssetsDefinition:
    """Make the assets of all dbt models, and a check that runs their tests.

    A test that fails, of one tenant's rows for instance, holds back the models of nobody.
    """
    specs = read_models(manifest, tenants.accounts)
    check = dg.AssetCheckSpec("dbt_tests", asset=specs[-1].key)

    @dg.multi_asset(name="dbt_build", specs=specs, check_specs=[check])
    def build() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        outcome = meltano.run("models", f"{tenants.dbt}:make", environment={})
        if outcome.reason:
            message = f"dbt: {outcome.reason}"
            raise dg.Failure(message)
        for spec in specs:
            yield dg.MaterializeResult(
                asset_key=spec.key, metadata={"seconds": round(outcome.seconds, 1)}
            )
        tested = meltano.run("models", f"{tenants.dbt}:test", environment={})
        yield dg.AssetCheckResult(
            check_name=check.name,
            asset_key=check.asset_key,
            passed=not tested.reason,
            metadata={"failed": failed_tests(meltano.folders / "models")} if tested.reason else {},
        )

    return build


def failed_tests(folder: Path) -> list[str]:
    """Return the names of the tests that failed in the last run of dbt in a folder."""
    results = json.loads((folder / ".meltano" / "dbt" / "run_results.json").read_text("utf-8"))
    bad = [one["unique_id"] for one in results["results"] if one["status"] in ("fail", "error")]
    return [name.split(".")[2] for name in bad]


def views(tenants: Tenants) -> dg.AssetsDefinition:
    """Make the asset of the views: a schema for each tenant, with its rows only."""

    @dg.asset(
        name="views",
        group_name="models",
        deps=[dg.AssetKey([account, "candidates"]) for account in tenants.accounts],
        description="A schema of views for each tenant.",
        kinds={"sql"},
    )
    def make_views() -> dg.MaterializeResult[None]:
        schema = warehouse.schema_of(tenants.loader)
        with warehouse.opened(tenants.loader) as connection:
            made = [
                warehouse.make_views(connection, schema, account) for account in tenants.accounts
            ]
        return dg.MaterializeResult(metadata={"views": sum(map(len, made))})

    return make_views


def _key(node: dict[str, t.Any]) -> dg.AssetKey:
    return dg.AssetKey(["models", node["name"]])
