{% snapshot persy__outcome_history %}
{{
    config(
        unique_key='application_id',
        strategy='check',
        check_cols=['outcome', 'remote_status'],
        updated_at='changed_at',
        post_hook="
            delete from {{ this }}
            where application_id not in (
                select id from {{ persy_rows('applications', 'application') }} where remote_deleted_at is null
            )",
    )
}}

select
    application_id,
    account,
    coalesce(outcome, 'UNKNOWN') as outcome,
    remote_status,
    changed_at
from {{ ref('stg_persy__applications') }}

{% endsnapshot %}
