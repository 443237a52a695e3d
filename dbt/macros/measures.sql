{# Columns that several marts have, over the rows of `persy__applications`. #}

{% macro persy_counts() %}
  {%- set applications = 'count(outcome)' -%}
  {{ applications }} as applications,
    {%- for outcome in ['HIRED', 'PENDING', 'DECLINED', 'UNKNOWN'] %}
    count(case when outcome = '{{ outcome }}' then 1 end) as {{ outcome | lower }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Null where there is no application. #}
{% macro persy_hire_rate() %}
  round(1.0 * count(case when outcome = 'HIRED' then 1 end) / nullif(count(outcome), 0), 4) as hire_rate
{%- endmacro %}

{# The median is what one long search does not move. #}
{% macro persy_days_to_hire() %}
  {{ persy_median() }} as median_days_to_hire,
    count(days_to_hire) as hires_with_time
{%- endmacro %}
