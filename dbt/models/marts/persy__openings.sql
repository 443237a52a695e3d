with counted as (
    select
        account,
        opening_id,
        opening,
        {{ persy_counts() }},
        {{ persy_hire_rate() }},
        {{ persy_days_to_hire() }},
        min(coalesce(case when applied_at < first_seen_at then applied_at end, first_seen_at, applied_at)) as first_seen_at,
        max(applied_at) as last_application_at
    from {{ persy_timed(ref('persy__applications'), 'account, opening_id, opening') }}
    group by account, opening_id, opening
)

select
    counted.*,
    case when pending > 0 then first_seen_at end as open_since,
    case when pending > 0 then {{ persy_days(persy_day('first_seen_at'), persy_today()) }} end as days_open
from counted
