{# A setting: a dbt variable, else a variable of the environment, else empty. #}
{% macro persy_setting(name, variable) %}
  {{- return(var(name, env_var(variable, '')) | string) -}}
{% endmacro %}

{% macro persy_is_on(name) %}
  {{- return(persy_setting(name, name | upper) | lower in ['true', '1', 'yes']) -}}
{% endmacro %}

{# Where days and months begin. #}
{% macro persy_time_zone() %}
  {{- return(persy_setting('persy_time_zone', 'TAP_COMPLEETPERSY_TIME_ZONE') or 'Europe/Berlin') -}}
{% endmacro %}

{#
  The instant before which people are out of bounds, in UTC; none without a cutoff. The tap's own
  settings are read as the tap reads them, so that both mean the same.
#}
{% macro persy_cutoff() %}
  {%- set days = persy_setting('persy_cutoff_days', 'TAP_COMPLEETPERSY_CUTOFF_DAYS') -%}
  {%- set date = persy_setting('persy_cutoff_date', 'TAP_COMPLEETPERSY_CUTOFF_DATE') -%}
  {%- if days and date -%}
    {{- exceptions.raise_compiler_error("persy_cutoff_date and persy_cutoff_days: contradictory, set only one of them") -}}
  {%- elif days -%}
    {{- return(persy_timestamp(run_started_at - modules.datetime.timedelta(days=days | float))) -}}
  {%- elif date -%}
    {%- set moment = modules.datetime.datetime.fromisoformat(date) -%}
    {%- if not moment.tzinfo -%}
      {%- set moment = modules.pytz.timezone(persy_time_zone()).localize(moment) -%}
    {%- endif -%}
    {{- return(persy_timestamp(moment.astimezone(modules.pytz.utc))) -}}
  {%- endif -%}
{% endmacro %}

{% macro persy_timestamp(moment) %}
  {{- return(persy_instant(moment.strftime('%Y-%m-%d %H:%M:%S'))) -}}
{% endmacro %}

{# Who is past a cutoff; the same rule as in docs/guarantees.md. Null for who has no time at all. #}
{% macro persy_is_expired(cutoff) %}
  {{- return('coalesce(remote_updated_at, remote_created_at) < ' ~ cutoff) -}}
{% endmacro %}

{# Who is within the cutoff, or has no time at all. #}
{% macro persy_is_kept() %}
  {%- set cutoff = persy_cutoff() -%}
  {%- if cutoff -%}
    not coalesce({{ persy_is_expired(cutoff) }}, false)
  {%- else -%}
    true
  {%- endif -%}
{% endmacro %}
