{% set jobs = source('persy', 'jobs') -%}

select
    id as opening_id,
    remote_id,
    {{ persy_column(jobs, 'account', 'varchar') }},
    {{ persy_column(jobs, 'name', 'varchar') }},
    changed_at
from {{ jobs }}
where
    remote_deleted_at is null
    and id in (select opening_id from {{ ref('stg_persy__applications') }})
