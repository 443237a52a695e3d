{# A setting: a dbt variable, else the variable of the environment with the same name. #}
{% macro persy_setting(name, variable, default='') %}
  {{- return(var(name, env_var(variable, default)) | string) -}}
{% endmacro %}

{% macro persy_is_on(name) %}
  {{- return(persy_setting(name, name | upper) | lower in ['true', '1', 'yes']) -}}
{% endmacro %}

{#
  The instant before which people are out of bounds, in UTC; none without a cutoff. The tap's own
  settings are read, so that both mean the same.
#}
{% macro persy_cutoff() %}
  {%- set days = persy_setting('persy_cutoff_days', 'TAP_COMPLEETPERSY_CUTOFF_DAYS') -%}
  {%- set date = persy_setting('persy_cutoff_date', 'TAP_COMPLEETPERSY_CUTOFF_DATE') -%}
  {%- if days -%}
    {%- set moment = run_started_at - modules.datetime.timedelta(days=days | float) -%}
    {{- return("timestamp '" ~ moment.strftime('%Y-%m-%d %H:%M:%S') ~ "'") -}}
  {%- elif date -%}
    {%- set moment = modules.datetime.datetime.fromisoformat(date) -%}
    {%- if moment.tzinfo -%}
      {%- set moment = moment.astimezone(modules.pytz.utc) -%}
    {%- endif -%}
    {{- return("timestamp '" ~ moment.strftime('%Y-%m-%d %H:%M:%S') ~ "'") -}}
  {%- endif -%}
{% endmacro %}

{# Who is within the cutoff; the same rule as in docs/guarantees.md. #}
{% macro persy_is_kept() %}
  {%- set cutoff = persy_cutoff() -%}
  {%- if cutoff -%}
    coalesce(coalesce(remote_updated_at, remote_created_at) >= {{ cutoff }}, true)
  {%- else -%}
    true
  {%- endif -%}
{% endmacro %}
