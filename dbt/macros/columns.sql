{# The names of a source's columns, asked once for each model; none while dbt only parses. #}
{% macro persy_columns(relation) %}
  {%- if execute -%}
    {{- return(adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list) -}}
  {%- else -%}
    {{- return(none) -}}
  {%- endif -%}
{% endmacro %}

{% macro persy_has(columns, name) %}
  {{- return(columns is none or name in columns) -}}
{% endmacro %}

{#
  A column of a source, or null where it does not exist: a field that was not selected has no
  column, and only tables of several tenants have `account`.
#}
{% macro persy_column(columns, name, type) %}
  {%- if persy_has(columns, name) -%}
    {{ name }}
  {%- else -%}
    cast(null as {{ type }}) as {{ name }}
  {%- endif -%}
{% endmacro %}

{# One row for each element of a column: the element as JSON, and its place from 1. #}
{% macro persy_elements(column) %}
  {{- return(adapter.dispatch('persy_elements', 'compleet_persy')(column)) -}}
{% endmacro %}

{% macro default__persy_elements(column) %}
  {{ exceptions.raise_compiler_error("compleet_persy knows DuckDB and PostgreSQL; dispatch persy_elements for " ~ target.type) }}
{% endmacro %}

{% macro duckdb__persy_elements(column) %}
  (
    select json_extract({{ column }}, '$[' || (place - 1)::varchar || ']') as element, place
    from unnest(range(1, coalesce(json_array_length({{ column }}), 0)::bigint + 1)) as places(place)
  )
{% endmacro %}

{# target-postgres makes jsonb[] of an array; flattening makes it text. #}
{% macro postgres__persy_elements(column) %}
  {%- set array = 'to_jsonb(' ~ column ~ ')' %}
  (
    select element, place
    from jsonb_array_elements(
        case jsonb_typeof({{ array }})
            when 'array' then {{ array }}
            when 'string' then ({{ array }} #>> '{}')::jsonb
            else '[]'::jsonb
        end
    ) with ordinality as elements(element, place)
  )
{% endmacro %}

{# An instant in UTC as the clock shows it where the tenant is. #}
{% macro persy_local(column) %}
  {{- return(column ~ " at time zone 'UTC' at time zone '" ~ persy_time_zone() ~ "'") -}}
{% endmacro %}

{% macro persy_day(column) %}
  {{- return("cast(" ~ persy_local(column) ~ " as date)") -}}
{% endmacro %}

{# The first day of the month. #}
{% macro persy_month(column) %}
  {{- return("cast(date_trunc('month', " ~ persy_local(column) ~ ") as date)") -}}
{% endmacro %}

{% macro persy_today() %}
  {{- return("cast(current_timestamp at time zone '" ~ persy_time_zone() ~ "' as date)") -}}
{% endmacro %}
