{% set columns = persy_columns(source('persy', 'applications')) -%}

select
    application.id as application_id,
    application.remote_id as remote_id,
    person.account as account,
    application.candidate_id as candidate_id,
    application.job_id as opening_id,
    {{ persy_text('application.outcome') }} as outcome,
    {{ persy_column(columns, 'remote_status', 'varchar') }},
    application.remote_created_at as applied_at,
    application.changed_at as changed_at
from {{ persy_rows('applications', 'application') }}
inner join {{ ref('stg_persy__people') }} as person
    on person.candidate_id = application.candidate_id
where application.remote_deleted_at is null
