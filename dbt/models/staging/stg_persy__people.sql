{% set candidates = source('persy', 'candidates') -%}

select
    id as candidate_id,
    remote_id,
    {{ persy_column(candidates, 'account', 'varchar') }},
    {{ persy_column(candidates, 'first_name', 'varchar') }},
    {{ persy_column(candidates, 'last_name', 'varchar') }},
    {{ persy_column(candidates, 'company', 'varchar') }},
    {{ persy_column(candidates, 'title', 'varchar') }},
    {{ persy_column(candidates, 'confidential', 'boolean') }},
    {{ persy_column(candidates, 'source', 'varchar') }},
    {% for field in ['street_1', 'street_2', 'zip_code', 'city', 'state', 'country'] -%}
    {% if persy_has(candidates, 'location') -%}
    location ->> '{{ field }}' as {{ field }},
    {% else -%}
    cast(null as varchar) as {{ field }},
    {% endif -%}
    {% endfor -%}
    {{ persy_column(candidates, 'custom_fields', 'json') }},
    remote_created_at,
    remote_updated_at,
    changed_at
from {{ candidates }}
where remote_deleted_at is null and {{ persy_is_kept() }}
