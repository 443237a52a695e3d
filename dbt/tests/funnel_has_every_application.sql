-- Nothing is lost or counted twice between staging and the funnel.
select counted.applications, funnel.applications as in_funnel
from (select count(*) as applications from {{ ref('stg_persy__applications') }}) as counted
cross join (select coalesce(sum(applications), 0) as applications from {{ ref('persy__funnel') }}) as funnel
where counted.applications <> funnel.applications
