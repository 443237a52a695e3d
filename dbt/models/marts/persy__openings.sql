with counted as (
    select
        account,
        opening_id,
        opening,
        {{ persy_counts() }},
        {{ persy_hire_rate() }},
        {{ persy_days_to_hire() }},
        min(least(applied_at, first_seen_at)) as first_seen_at,
        max(applied_at) as last_application_at
    from {{ ref('persy__applications') }}
    group by account, opening_id, opening
)

select
    counted.*,
    case when pending > 0 then first_seen_at end as open_since,
    case when pending > 0 then {{ persy_today() }} - {{ persy_day('first_seen_at') }} end as days_open
from counted
