{# Columns that several marts have, over the rows of `persy__applications`. #}

{% macro persy_counts() %}
  {%- set applications = 'count(outcome)' -%}
  {{ applications }} as applications,
    {%- for outcome in ['HIRED', 'PENDING', 'DECLINED', 'UNKNOWN'] %}
    count(*) filter (where outcome = '{{ outcome }}') as {{ outcome | lower }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Null where there is no application. #}
{% macro persy_hire_rate() %}
  round(1.0 * count(*) filter (where outcome = 'HIRED') / nullif(count(outcome), 0), 4) as hire_rate
{%- endmacro %}

{# The median is what one long search does not move. #}
{% macro persy_days_to_hire() %}
  percentile_cont(0.5) within group (order by days_to_hire) as median_days_to_hire,
    count(days_to_hire) as hires_with_time
{%- endmacro %}
