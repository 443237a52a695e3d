-- MySQL makes null of a time in a zone that it has no table of.
select *
from (select {{ persy_today() }} as today) as here
where today is null
