"""What Dagster loads: the assets of every tenant in the file, two jobs and their schedules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from persy_tenants.assets import history_of, stream_keys, streams_of
from persy_tenants.meltano import Meltano
from persy_tenants.models import models, views
from persy_tenants.places import Places
from persy_tenants.tenants import Tenants

HOST, TENANT = "persy/host", "persy/tenant"
"""Tags of runs that `dagster.yaml` limits."""


def build(tenants: Tenants, meltano: Meltano, manifest: Path) -> dg.Definitions:
    """Make the definitions of all tenants."""
    assets = [streams_of(tenants, tenant, meltano) for tenant in tenants.tenants]
    if first := tenants.history_from:
        assets += [history_of(tenants, tenant, meltano, first) for tenant in tenants.tenants]
    derived = [models(tenants, meltano, manifest), views(tenants)]
    keys = [key for account in tenants.accounts for key in stream_keys(account)]
    sync = dg.define_asset_job("sync", dg.AssetSelection.assets(*keys))
    derive = dg.define_asset_job("models", dg.AssetSelection.groups("models"))

    @dg.schedule(job=sync, cron_schedule="0 */3 * * *", execution_timezone="UTC")
    def every_three_hours(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        """Ask for a run of each tenant; the queue decides how many at once."""
        for tenant in tenants.tenants:
            yield dg.RunRequest(
                run_key=f"{tenant.account} {context.scheduled_execution_time:%Y-%m-%dT%H:%M}",
                asset_selection=stream_keys(tenant.account),
                tags={TENANT: tenant.account, HOST: tenants.host_of(tenant)},
            )

    return dg.Definitions(
        assets=[*assets, *derived],
        jobs=[sync, derive],
        schedules=[
            every_three_hours,
            dg.ScheduleDefinition(
                job=derive, cron_schedule="30 1-22/3 * * *", execution_timezone="UTC"
            ),
        ],
    )


@dg.definitions
def persy_tenants() -> dg.Definitions:
    """Return the definitions when Dagster asks for them."""
    places = Places.from_environment()
    return build(places.tenants(), places.meltano(), places.manifest)
