select
    account,
    source,
    {{ persy_counts() }},
    {{ persy_hire_rate() }},
    {{ persy_days_to_hire() }}
from {{ ref('persy__applications') }}
group by account, source
