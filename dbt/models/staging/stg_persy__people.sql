{% set candidates = source('persy', 'candidates') -%}
{% set columns = persy_columns(candidates) -%}

select
    id as candidate_id,
    remote_id,
    {{ persy_column(columns, 'account', 'varchar') }},
    {{ persy_column(columns, 'first_name', 'varchar') }},
    {{ persy_column(columns, 'last_name', 'varchar') }},
    {{ persy_column(columns, 'company', 'varchar') }},
    {{ persy_column(columns, 'title', 'varchar') }},
    {{ persy_column(columns, 'confidential', 'boolean') }},
    {{ persy_column(columns, 'source', 'varchar') }},
    {% for field in ['street_1', 'street_2', 'zip_code', 'city', 'state', 'country'] -%}
    {% if persy_has(columns, 'location') -%}
    {{ persy_field('location', field) }} as {{ field }},
    {% elif persy_has(columns, 'location__' ~ field) -%}
    location__{{ field }} as {{ field }},
    {% else -%}
    cast(null as {{ persy_type('varchar') }}) as {{ field }},
    {% endif -%}
    {% endfor -%}
    {{ persy_column(columns, 'custom_fields', 'json') }},
    remote_created_at,
    remote_updated_at,
    changed_at
from {{ persy_rows('candidates', 'candidate') }}
where remote_deleted_at is null and {{ persy_is_kept() }}
