select
    account,
    source,
    {{ persy_counts() }},
    {{ persy_hire_rate() }},
    {{ persy_days_to_hire() }}
from {{ persy_timed(ref('persy__applications'), 'account, source') }}
group by account, source
