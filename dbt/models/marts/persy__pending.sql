{# The first day of each band; the last one is open. -#}
{% set begins = [0, 8, 15, 31, 61, 91] -%}

select
    account,
    opening_id,
    opening,
    case
        when days_pending is null then 'not said'
        {% for day in begins[1:] -%}
        when days_pending < {{ day }} then '{{ '%02d' | format(begins[loop.index0]) }} to {{ '%02d' | format(day - 1) }} days'
        {% endfor -%}
        else '{{ begins[-1] }} days and more'
    end as age,
    count(*) as applications,
    max(days_pending) as oldest_days,
    {{ persy_today() }} as as_of
from {{ ref('persy__applications') }}
where outcome = 'PENDING'
group by 1, 2, 3, 4
