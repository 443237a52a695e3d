-- An application counts in the month it was made, and once more in the month it was seen to be hired.
with happened as (
    select account, applied_month as month, outcome, 1 as application, cast(null as {{ persy_type('integer') }}) as days_to_hire, 0 as hire
    from {{ ref('persy__applications') }}
    union all
    select account, hired_month, null, 0, cast(days_to_hire as {{ persy_type('integer') }}), 1
    from {{ ref('persy__applications') }}
    where hired_month is not null
)

select
    account,
    month,
    {{ persy_counts() }},
    {{ persy_hire_rate() }},
    cast(sum(hire) as {{ persy_type('integer') }}) as hires_seen,
    {{ persy_days_to_hire() }}
from {{ persy_timed('happened', 'account, month') }}
group by account, month
