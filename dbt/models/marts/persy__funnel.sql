{% set month = persy_month('application.applied_at') -%}

select
    md5(
        application.opening_id
        || coalesce(cast({{ month }} as varchar), '')
        || coalesce(application.outcome, '')
        || '/' || coalesce(application.remote_status, '')
        || '/' || coalesce(person.source, '')
    ) as funnel_id,
    application.account,
    application.opening_id,
    opening.name as opening,
    {{ month }} as month,
    coalesce(application.outcome, 'UNKNOWN') as outcome,
    application.remote_status,
    person.source,
    count(*) as applications
from {{ ref('stg_persy__applications') }} as application
inner join {{ ref('stg_persy__people') }} as person
    on person.candidate_id = application.candidate_id
inner join {{ ref('stg_persy__openings') }} as opening
    on opening.opening_id = application.opening_id
group by
    application.account,
    application.opening_id,
    opening.name,
    {{ month }},
    application.outcome,
    application.remote_status,
    person.source
