-- Nothing is lost or counted twice between staging and a mart.
{% set marts = ['persy__funnel', 'persy__sources', 'persy__openings', 'persy__months'] -%}

with counted as (
    select 'persy__applications' as mart, count(*) as applications from {{ ref('persy__applications') }}
    {% for mart in marts -%}
    union all
    select '{{ mart }}', coalesce(sum(applications), 0) from {{ ref(mart) }}
    {% endfor -%}
    union all
    select 'persy__pending', coalesce(sum(applications), 0) + (
        select count(*) from {{ ref('persy__applications') }} where outcome <> 'PENDING'
    )
    from {{ ref('persy__pending') }}
)

select *
from counted
where applications <> (select count(*) from {{ ref('stg_persy__applications') }})
