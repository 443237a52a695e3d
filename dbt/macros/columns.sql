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
    {{ persy_text(name) if type == 'varchar' else name }} as {{ name }}
  {%- else -%}
    cast(null as {{ persy_type(type) }}) as {{ name }}
  {%- endif -%}
{% endmacro %}
