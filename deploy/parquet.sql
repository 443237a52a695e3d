-- Writes every table that target-duckdb made into a Parquet file: `meltano run … parquet:write`.
-- Names are whole: a file and its schema may have one name. A time is UTC again and an integer has 64 bits: target-duckdb knows neither.
.bail on
.headers off
.mode list
.once .meltano/run/parquet/copy.sql
select format(
    'copy (select {} from "{}"."{}"."{}") to ''{}/{}.parquet'' (format parquet, compression zstd);',
    string_agg(
        format(
            case data_type
                when 'TIMESTAMP' then '"{0}" at time zone ''UTC'' as "{0}"'
                when 'HUGEINT' then '"{0}"::bigint as "{0}"'
                else '"{0}"'
            end,
            replace(column_name, '"', '""')
        ),
        ', ' order by ordinal_position
    ),
    table_catalog, table_schema, table_name, replace(getenv('PARQUET_FOLDER'), '''', ''''''), table_name
)
from information_schema.columns
where table_schema = getenv('PARQUET_SCHEMA')
group by table_catalog, table_schema, table_name;
.read .meltano/run/parquet/copy.sql
