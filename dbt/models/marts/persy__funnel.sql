select
    md5(
        opening_id
        || coalesce(cast(applied_month as varchar), '')
        || outcome
        || '/' || coalesce(remote_status, '')
        || '/' || coalesce(source, '')
    ) as funnel_id,
    account,
    opening_id,
    opening,
    applied_month as month,
    outcome,
    remote_status,
    source,
    count(*) as applications
from {{ ref('persy__applications') }}
group by account, opening_id, opening, applied_month, outcome, remote_status, source
