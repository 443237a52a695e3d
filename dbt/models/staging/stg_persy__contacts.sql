{% set candidates = source('persy', 'candidates') -%}
{% set columns = persy_columns(candidates) -%}
{% set kinds = [('phone', 'phone_numbers', 'phone_number'), ('email', 'email_addresses', 'email_address')] -%}

{% for kind, column, field in kinds if persy_has(columns, column) %}
select
    concat(candidate.id, '/{{ kind }}/', {{ persy_place() }}) as contact_id,
    candidate.id as candidate_id,
    '{{ kind }}' as kind,
    {{ persy_field(persy_element(), field) }} as contact,
    {{ persy_field(persy_element(), 'type') }} as type,
    {{ persy_place() }} as place
from {{ persy_rows('candidates', 'candidate') }}
{{ persy_join_elements('candidate.' ~ column) }}
where candidate.remote_deleted_at is null and {{ persy_is_kept() }}
{% if not loop.last %}
union all
{% endif %}
{%- else %}
select
    {% for name in ['contact_id', 'candidate_id', 'kind', 'contact', 'type'] -%}
    cast(null as {{ persy_type('varchar') }}) as {{ name }},
    {% endfor -%}
    cast(null as {{ persy_type('bigint') }}) as place
where false
{% endfor %}
