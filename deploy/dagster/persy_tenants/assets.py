"""The assets of one tenant: its three streams, and its history by month."""

import os
import typing as t
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

import dagster as dg

from persy_tenants import warehouse
from persy_tenants.meltano import TAP, Meltano, Outcome
from persy_tenants.tenants import STREAMS, Tenant, Tenants, TenantsError

DESCRIPTIONS = {
    "candidates": "People who applied, with contacts, location, employer and custom fields.",
    "jobs": "Position openings, derived from the candidates who carry them.",
    "applications": "One for each opening on a candidate, with its outcome.",
}


def stream_keys(account: str) -> list[dg.AssetKey]:
    """Name the assets of a tenant's streams."""
    return [dg.AssetKey([account, stream]) for stream in STREAMS]


def streams_of(tenants: Tenants, tenant: Tenant, meltano: Meltano) -> dg.AssetsDefinition:
    """Make the assets `account/candidates`, `account/jobs` and `account/applications`.

    One run of the tap gives all three. Whether it is a delta or a complete pass, the tap decides.
    """

    @dg.multi_asset(
        name=f"sync_{tenant.account}",
        specs=[
            dg.AssetSpec([tenant.account, stream], description=text, kinds={"meltano"})
            for stream, text in DESCRIPTIONS.items()
        ],
        group_name=tenant.account,
        pool=tenants.host_of(tenant),
        retry_policy=_retries(tenants),
    )
    def sync(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        begun = datetime.now(UTC)
        outcome = _run(tenants, tenant, meltano, tenant.account, {})
        try:
            with warehouse.opened(tenants.loader) as connection:
                schema = warehouse.schema_of(tenants.loader)
                held = warehouse.measures(connection, schema, tenant.account, begun)
        except warehouse.FAILURES as error:
            # What is loaded is loaded, and a message may quote an address.
            context.log.warning("The warehouse could not be measured: %s", type(error).__name__)
            held = {}
        for stream in STREAMS:
            metadata = _metadata(outcome, stream, held.get(stream, {}))
            yield dg.MaterializeResult(asset_key=[tenant.account, stream], metadata=metadata)

    return sync


def _metadata(outcome: Outcome, stream: str, held: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return what Dagster shows of a stream after a run, numbers as a chart over all runs.

    Args:
        outcome: Of the run.
        stream: Of which `records` travelled.
        held: Measures of its table.
    """
    shown: dict[str, t.Any] = {"records": outcome.records.get(stream, 0)}
    shown |= {name: held[name] for name in ("rows", "deletions") if name in held}
    shown |= {"seconds": round(outcome.seconds, 1), "warnings": len(outcome.warnings)}
    if newest := held.get("newest"):
        shown["position"] = dg.MetadataValue.timestamp(newest.replace(tzinfo=UTC))
    if outcome.warnings:
        lines = "\n".join(f"- {line}" for line in outcome.warnings)
        shown["what it warned of"] = dg.MetadataValue.md(lines)
    return shown


def history_of(
    tenants: Tenants, tenant: Tenant, meltano: Meltano, first: date
) -> dg.AssetsDefinition:
    """Make the asset `account/history`: each month of updates, to be read again at will.

    A partition reads the candidates last updated in its month, with a state of its own, so that
    it neither needs nor moves the position of the others. It finds no deletions.
    """
    months = dg.MonthlyPartitionsDefinition(datetime(first.year, first.month, 1, tzinfo=UTC))

    @dg.asset(
        name="history",
        key_prefix=tenant.account,
        description="Candidates last updated in a month, read again, with what they carry.",
        partitions_def=months,
        group_name=tenant.account,
        kinds={"meltano"},
        pool=tenants.host_of(tenant),
        retry_policy=_retries(tenants),
    )
    def history(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        month = context.partition_time_window
        window = {"START_DATE": month.start.isoformat(), "END_DATE": month.end.isoformat()}
        state = f"{tenant.account}-{month.start:%Y-%m}"
        # A state of an earlier try would let the window begin where that ended.
        meltano.clear_state(state_id(tenants, state))
        outcome = _run(tenants, tenant, meltano, state, window)
        return dg.MaterializeResult(metadata={**outcome.records})

    return history


def state_id(tenants: Tenants, suffix: str, environment: Mapping[str, str] = os.environ) -> str:
    """Name the Meltano state of a tenant, or of one of its months."""
    name = environment.get("MELTANO_ENVIRONMENT", "dev")
    return f"{name}:{TAP}-to-{tenants.loader}:{suffix}"


def _retries(tenants: Tenants) -> dg.RetryPolicy:
    return dg.RetryPolicy(
        max_retries=tenants.retries,
        delay=tenants.retry_seconds,
        backoff=dg.Backoff.EXPONENTIAL,
        jitter=dg.Jitter.PLUS_MINUS,
    )


def _run(
    tenants: Tenants, tenant: Tenant, meltano: Meltano, state: str, window: Mapping[str, str]
) -> Outcome:
    try:
        environment = tenants.environment_of(tenant, os.environ)
    except TenantsError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    environment |= {f"TAP_COMPLEETPERSY_{name}": value for name, value in window.items()}
    words = ["--state-id-suffix", state, TAP, tenants.loader]
    outcome = meltano.run(state, *words, environment=environment)
    if outcome.reason:
        message = f"{tenant.account}: {outcome.reason}"
        raise dg.Failure(
            message,
            metadata=t.cast("dict[str, t.Any]", outcome.records),
            allow_retries=not outcome.is_hopeless,
        )
    return outcome
