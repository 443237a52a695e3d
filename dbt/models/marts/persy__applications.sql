{{ config(materialized='view') }}

with history as (
    select * from {{ ref('persy__outcome_history') }}
),

observed as (
    select account, min(dbt_valid_from) as since
    from history
    group by account
),

-- The present outcome began when the last other one ended.
present as (
    select
        now.account,
        now.application_id,
        now.outcome,
        min(version.dbt_valid_from) as first_seen_at,
        max(case when version.outcome <> now.outcome then version.dbt_valid_to end) as changed_at
    from history as now
    inner join history as version
        on version.application_id = now.application_id
    where now.dbt_valid_to is null
    group by now.account, now.application_id, now.outcome
),

-- What had its outcome before anybody looked may have had it for years.
dated as (
    select
        application.*,
        coalesce(application.outcome, 'UNKNOWN') as known_outcome,
        present.first_seen_at,
        case
            when present.changed_at is not null then present.changed_at
            when application.applied_at >= observed.since then present.first_seen_at
        end as outcome_since
    from {{ ref('stg_persy__applications') }} as application
    left join present
        on present.application_id = application.application_id
        and present.outcome = coalesce(application.outcome, 'UNKNOWN')
    left join observed
        on coalesce(observed.account, '') = coalesce(present.account, '')
)

select
    application.application_id as application_id,
    application.account as account,
    application.candidate_id as candidate_id,
    application.opening_id as opening_id,
    opening.name as opening,
    person.source as source,
    application.known_outcome as outcome,
    application.remote_status as remote_status,
    application.applied_at as applied_at,
    {{ persy_month('application.applied_at') }} as applied_month,
    application.outcome_since as outcome_since,
    application.first_seen_at as first_seen_at,
    case
        when application.known_outcome = 'HIRED' then {{ persy_month('application.outcome_since') }}
    end as hired_month,
    case
        when application.known_outcome = 'HIRED'
            then {{ persy_days(persy_day('application.applied_at'), persy_day('application.outcome_since')) }}
    end as days_to_hire,
    case
        when application.known_outcome = 'PENDING'
            then {{ persy_days(persy_day('application.applied_at'), persy_today()) }}
    end as days_pending
from dated as application
inner join {{ ref('stg_persy__people') }} as person
    on person.candidate_id = application.candidate_id
inner join {{ ref('stg_persy__openings') }} as opening
    on opening.opening_id = application.opening_id
{{ persy_nulls_of_joins() }}
