{% set jobs = source('persy', 'jobs') -%}
{% set columns = persy_columns(jobs) -%}

select
    id as opening_id,
    remote_id,
    {{ persy_column(columns, 'account', 'varchar') }},
    {{ persy_column(columns, 'name', 'varchar') }},
    changed_at
from {{ persy_rows('jobs', 'job') }}
where
    remote_deleted_at is null
    and id in (select opening_id from {{ ref('stg_persy__applications') }})
