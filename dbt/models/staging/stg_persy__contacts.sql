{% set candidates = source('persy', 'candidates') -%}
{% set columns = persy_columns(candidates) -%}
{% set kinds = [('phone', 'phone_numbers', 'phone_number'), ('email', 'email_addresses', 'email_address')] -%}

{% for kind, column, field in kinds if persy_has(columns, column) %}
select
    candidate.id || '/{{ kind }}/' || contact.place as contact_id,
    candidate.id as candidate_id,
    '{{ kind }}' as kind,
    contact.element ->> '{{ field }}' as contact,
    contact.element ->> 'type' as type,
    contact.place as place
from {{ candidates }} as candidate
cross join lateral {{ persy_elements('candidate.' ~ column) }} as contact
where candidate.remote_deleted_at is null and {{ persy_is_kept() }}
{% if not loop.last %}
union all
{% endif %}
{%- else %}
select
    cast(null as varchar) as contact_id, cast(null as varchar) as candidate_id, cast(null as varchar) as kind,
    cast(null as varchar) as contact, cast(null as varchar) as type, cast(null as bigint) as place
where false
{% endfor %}
