{#
  What each warehouse says in its own way. DuckDB's and PostgreSQL's is the default; MariaDB speaks as MySQL does. An adapter of
  another warehouse dispatches these.
#}

{# The rows of a loaded table. ClickHouse has former versions of them, until `final` hides these. #}
{% macro persy_rows(table, alias) %}
  {{- return(adapter.dispatch('persy_rows', 'compleet_persy')(source('persy', table), alias)) -}}
{% endmacro %}

{% macro default__persy_rows(relation, alias) %}
  {{- return(relation ~ ' as ' ~ alias) -}}
{% endmacro %}

{% macro clickhouse__persy_rows(relation, alias) %}
  {{- return(relation ~ ' as ' ~ alias ~ ' final') -}}
{% endmacro %}

{# A type to cast to: varchar, boolean, integer, bigint, date or json. #}
{% macro persy_type(name) %}
  {{- return(adapter.dispatch('persy_type', 'compleet_persy')(name)) -}}
{% endmacro %}

{% macro default__persy_type(name) %}
  {{- return(name) -}}
{% endmacro %}

{% macro mysql__persy_type(name) %}
  {{- return('char' if name in ['varchar', 'json'] else 'date' if name == 'date' else 'signed') -}}
{% endmacro %}

{% macro clickhouse__persy_type(name) %}
  {{- return('Nullable(' ~ {'varchar': 'String', 'json': 'String', 'boolean': 'Bool', 'integer': 'Int32', 'bigint': 'Int64', 'date': 'Date'}[name] ~ ')') -}}
{% endmacro %}

{% macro snowflake__persy_type(name) %}
  {{- return('variant' if name == 'json' else name) -}}
{% endmacro %}

{# A column of text. ClickHouse's target writes a null as empty text. #}
{% macro persy_text(name) %}
  {{- return(adapter.dispatch('persy_text', 'compleet_persy')(name)) -}}
{% endmacro %}

{% macro default__persy_text(name) %}
  {{- return(name) -}}
{% endmacro %}

{% macro clickhouse__persy_text(name) %}
  {{- return("nullIf(" ~ name ~ ", '')") -}}
{% endmacro %}

{# The end of a model with outer joins, whose columns are else 0 or 1970 in ClickHouse where nothing is joined. #}
{% macro persy_nulls_of_joins() %}
  {{- return(adapter.dispatch('persy_nulls_of_joins', 'compleet_persy')()) -}}
{% endmacro %}

{% macro default__persy_nulls_of_joins() %}{% endmacro %}

{% macro clickhouse__persy_nulls_of_joins() %}
  settings join_use_nulls = 1
{% endmacro %}

{# A field of an object in JSON, as text; null where it is null or not there. #}
{% macro persy_field(object, name) %}
  {{- return(adapter.dispatch('persy_field', 'compleet_persy')(object, name)) -}}
{% endmacro %}

{% macro default__persy_field(object, name) %}
  {{- return(object ~ " ->> '" ~ name ~ "'") -}}
{% endmacro %}

{% macro mysql__persy_field(object, name) %}
  {{- return("json_value(" ~ object ~ ", '$." ~ name ~ "')") -}}
{% endmacro %}

{% macro clickhouse__persy_field(object, name) %}
  {{- return("JSONExtract(ifNull(" ~ object ~ ", ''), '" ~ name ~ "', 'Nullable(String)')") -}}
{% endmacro %}

{% macro snowflake__persy_field(object, name) %}
  {{- return(object ~ ':' ~ name ~ '::varchar') -}}
{% endmacro %}

{# Joins a row for each element of a list. #}
{% macro persy_join_elements(list) %}
  {{- return(adapter.dispatch('persy_join_elements', 'compleet_persy')(list)) -}}
{% endmacro %}

{% macro default__persy_join_elements(list) %}
  {{ exceptions.raise_compiler_error("compleet_persy knows DuckDB, PostgreSQL, ClickHouse, MariaDB, MySQL and Snowflake; dispatch persy_join_elements for " ~ target.type) }}
{% endmacro %}

{% macro duckdb__persy_join_elements(list) %}
  cross join lateral (
    select json_extract({{ list }}, '$[' || (place - 1)::varchar || ']') as element, place
    from unnest(range(1, coalesce(json_array_length({{ list }}), 0)::bigint + 1)) as places(place)
  ) as elements
{% endmacro %}

{# target-postgres makes jsonb[] of an array; flattening makes it text. #}
{% macro postgres__persy_join_elements(list) %}
  {%- set array = 'to_jsonb(' ~ list ~ ')' %}
  cross join lateral jsonb_array_elements(
    case jsonb_typeof({{ array }})
        when 'array' then {{ array }}
        when 'string' then ({{ array }} #>> '{}')::jsonb
        else '[]'::jsonb
    end
  ) with ordinality as elements(element, place)
{% endmacro %}

{% macro mysql__persy_join_elements(list) %}
  cross join json_table(
    coalesce({{ list }}, '[]'), '$[*]' columns (place for ordinality, element json path '$')
  ) as elements
{% endmacro %}

{% macro clickhouse__persy_join_elements(list) %}
  {%- set array = 'JSONExtractArrayRaw(ifNull(' ~ list ~ ", ''))" %}
  array join {{ array }} as element, arrayEnumerate({{ array }}) as place
{% endmacro %}

{% macro snowflake__persy_join_elements(list) %}
  cross join lateral flatten(input => {{ list }}) as elements
{% endmacro %}

{# The element that was joined, in JSON. #}
{% macro persy_element() %}
  {{- return(adapter.dispatch('persy_element', 'compleet_persy')()) -}}
{% endmacro %}

{% macro default__persy_element() %}
  {{- return('element') -}}
{% endmacro %}

{% macro snowflake__persy_element() %}
  {{- return('elements.value') -}}
{% endmacro %}

{# Its place in the list, from 1. #}
{% macro persy_place() %}
  {{- return(adapter.dispatch('persy_place', 'compleet_persy')()) -}}
{% endmacro %}

{% macro default__persy_place() %}
  {{- return('place') -}}
{% endmacro %}

{% macro snowflake__persy_place() %}
  {{- return('elements.index + 1') -}}
{% endmacro %}

{# An instant in UTC as the clock shows it where the tenant is. #}
{% macro persy_local(instant) %}
  {{- return(adapter.dispatch('persy_local', 'compleet_persy')(instant, persy_time_zone())) -}}
{% endmacro %}

{% macro default__persy_local(instant, zone) %}
  {{- return(instant ~ " at time zone 'UTC' at time zone '" ~ zone ~ "'") -}}
{% endmacro %}

{# Null where the server has no table of zones, and then a test of the package fails. #}
{% macro mysql__persy_local(instant, zone) %}
  {{- return("convert_tz(" ~ instant ~ ", '+00:00', '" ~ zone ~ "')") -}}
{% endmacro %}

{% macro clickhouse__persy_local(instant, zone) %}
  {{- return("toTimeZone(toTimeZone(" ~ instant ~ ", 'UTC'), '" ~ zone ~ "')") -}}
{% endmacro %}

{% macro snowflake__persy_local(instant, zone) %}
  {{- return("convert_timezone('UTC', '" ~ zone ~ "', " ~ instant ~ ")") -}}
{% endmacro %}

{% macro persy_day(instant) %}
  {{- return("cast(" ~ persy_local(instant) ~ " as " ~ persy_type('date') ~ ")") -}}
{% endmacro %}

{# The first day of the month. #}
{% macro persy_month(instant) %}
  {{- return(adapter.dispatch('persy_month', 'compleet_persy')(persy_local(instant))) -}}
{% endmacro %}

{% macro default__persy_month(moment) %}
  {{- return("cast(date_trunc('month', " ~ moment ~ ") as " ~ persy_type('date') ~ ")") -}}
{% endmacro %}

{% macro mysql__persy_month(moment) %}
  {{- return("cast(date_format(" ~ moment ~ ", '%Y-%m-01') as date)") -}}
{% endmacro %}

{% macro persy_today() %}
  {{- return(adapter.dispatch('persy_today', 'compleet_persy')(persy_time_zone())) -}}
{% endmacro %}

{% macro default__persy_today(zone) %}
  {{- return("cast(current_timestamp at time zone '" ~ zone ~ "' as date)") -}}
{% endmacro %}

{% macro mysql__persy_today(zone) %}
  {{- return("cast(convert_tz(utc_timestamp(), '+00:00', '" ~ zone ~ "') as date)") -}}
{% endmacro %}

{% macro clickhouse__persy_today(zone) %}
  {{- return("toDate(now('" ~ zone ~ "'))") -}}
{% endmacro %}

{% macro snowflake__persy_today(zone) %}
  {{- return("cast(convert_timezone('" ~ zone ~ "', current_timestamp()) as date)") -}}
{% endmacro %}

{# Days from one date to another. #}
{% macro persy_days(begin, end) %}
  {{- return(adapter.dispatch('persy_days', 'compleet_persy')(begin, end)) -}}
{% endmacro %}

{% macro default__persy_days(begin, end) %}
  {{- return(end ~ ' - ' ~ begin) -}}
{% endmacro %}

{% macro mysql__persy_days(begin, end) %}
  {{- return('datediff(' ~ end ~ ', ' ~ begin ~ ')') -}}
{% endmacro %}

{# A moment in UTC, as `2026-11-29 12:00:00`. #}
{% macro persy_instant(text) %}
  {{- return(adapter.dispatch('persy_instant', 'compleet_persy')(text)) -}}
{% endmacro %}

{% macro default__persy_instant(text) %}
  {{- return("timestamp '" ~ text ~ "'") -}}
{% endmacro %}

{% macro clickhouse__persy_instant(text) %}
  {{- return("toDateTime64('" ~ text ~ "', 6, 'UTC')") -}}
{% endmacro %}

{# As 32 hexadecimal digits. #}
{% macro persy_hash(text) %}
  {{- return(adapter.dispatch('persy_hash', 'compleet_persy')(text)) -}}
{% endmacro %}

{% macro default__persy_hash(text) %}
  {{- return('md5(' ~ text ~ ')') -}}
{% endmacro %}

{% macro clickhouse__persy_hash(text) %}
  {{- return('lower(hex(MD5(' ~ text ~ ')))') -}}
{% endmacro %}

{#
  The median of `days_to_hire` in the rows of `persy_timed`, which are those of a relation. MySQL has no such aggregate: there, each row
  has its place among those of its group, and the median is the mean of the one or two in the middle.
#}
{% macro persy_median() %}
  {{- return(adapter.dispatch('persy_median', 'compleet_persy')()) -}}
{% endmacro %}

{% macro default__persy_median() %}
  {{- return('percentile_cont(0.5) within group (order by days_to_hire)') -}}
{% endmacro %}

{% macro clickhouse__persy_median() %}
  {{- return('quantileExactInclusiveOrNull(0.5)(days_to_hire)') -}}
{% endmacro %}

{% macro mysql__persy_median() %}
  {{- return('avg(case when nth in (floor((timed + 1) / 2), ceil((timed + 1) / 2)) then days_to_hire end)') -}}
{% endmacro %}

{% macro persy_timed(relation, columns) %}
  {{- return(adapter.dispatch('persy_timed', 'compleet_persy')(relation, columns)) -}}
{% endmacro %}

{% macro default__persy_timed(relation, columns) %}
  {{- return(relation) -}}
{% endmacro %}

{% macro mysql__persy_timed(relation, columns) %}
  (
    select
        rows_.*,
        row_number() over (partition by {{ columns }} order by days_to_hire is null, days_to_hire) as nth,
        count(days_to_hire) over (partition by {{ columns }}) as timed
    from {{ relation }} as rows_
  ) as timed_rows
{% endmacro %}

{% macro mariadb__persy_type(name) %}{{ return(mysql__persy_type(name)) }}{% endmacro %}
{% macro mariadb__persy_field(object, name) %}{{ return(mysql__persy_field(object, name)) }}{% endmacro %}
{% macro mariadb__persy_join_elements(list) %}{{ return(mysql__persy_join_elements(list)) }}{% endmacro %}
{% macro mariadb__persy_local(instant, zone) %}{{ return(mysql__persy_local(instant, zone)) }}{% endmacro %}
{% macro mariadb__persy_month(moment) %}{{ return(mysql__persy_month(moment)) }}{% endmacro %}
{% macro mariadb__persy_today(zone) %}{{ return(mysql__persy_today(zone)) }}{% endmacro %}
{% macro mariadb__persy_days(begin, end) %}{{ return(mysql__persy_days(begin, end)) }}{% endmacro %}
{% macro mariadb__persy_median() %}{{ return(mysql__persy_median()) }}{% endmacro %}
{% macro mariadb__persy_timed(relation, columns) %}{{ return(mysql__persy_timed(relation, columns)) }}{% endmacro %}
