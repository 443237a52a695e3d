-- An application counts in the month it was made, and once more in the month it was seen to be hired.
with happened as (
    select account, applied_month as month, outcome, 1 as application, cast(null as integer) as days_to_hire, 0 as hire
    from {{ ref('persy__applications') }}
    union all
    select account, hired_month, null, 0, cast(days_to_hire as integer), 1
    from {{ ref('persy__applications') }}
    where hired_month is not null
)

select
    account,
    month,
    {{ persy_counts() }},
    {{ persy_hire_rate() }},
    cast(sum(hire) as integer) as hires_seen,
    {{ persy_days_to_hire() }}
from happened
group by account, month
