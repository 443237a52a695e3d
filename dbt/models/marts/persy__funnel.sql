{% set parts = ["opening_id", "coalesce(cast(applied_month as " ~ persy_type('varchar') ~ "), '')", "outcome",
    "'/'", "coalesce(remote_status, '')", "'/'", "coalesce(source, '')"] -%}

select
    {{ persy_hash('concat(' ~ parts | join(', ') ~ ')') }} as funnel_id,
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
