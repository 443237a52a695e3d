{#
  Delete from the loaded tables whoever is past the cutoff, and what hangs on them. The tap cannot
  see these people any more, so it sends no tombstone for them.

  Args:
    delete: False only counts.
#}
{% macro persy_remove_expired(delete=false) %}
  {% if execute %}
    {% if target.type not in ['duckdb', 'postgres'] %}
      {{ exceptions.raise_compiler_error("persy_remove_expired is for DuckDB and PostgreSQL; elsewhere, run the SQL of docs/guarantees.md") }}
    {% endif %}
    {% set cutoff = persy_cutoff() %}
    {% if not cutoff %}
      {{ exceptions.raise_compiler_error("persy_remove_expired: set persy_cutoff_days or persy_cutoff_date, or the tap's settings in the environment") }}
    {% endif %}
    {% set candidates = source('persy', 'candidates') %}
    {% set applications = source('persy', 'applications') %}
    {% set jobs = source('persy', 'jobs') %}
    {% set expired %}
      select id from {{ candidates }} where {{ persy_is_expired(cutoff) }}
    {% endset %}
    {% set orphaned %}
      remote_deleted_at is null and id not in (
        select job_id from {{ applications }}
        where remote_deleted_at is null and candidate_id not in ({{ expired }})
      )
    {% endset %}
    {% set hanging = 'candidate_id in (' ~ expired ~ ')' %}
    {% set attachments = adapter.get_relation(candidates.database, candidates.schema, 'candidate_attachments') %}
    {# Jobs first and candidates last: each is found by what is still there. #}
    {% set doomed = [(jobs, orphaned)] %}
    {% if attachments %}
      {% do doomed.append((attachments, hanging)) %}
    {% endif %}
    {% do doomed.append((applications, hanging)) %}
    {% do doomed.append((candidates, 'id in (' ~ expired ~ ')')) %}
    {% for relation, condition in doomed %}
      {% set rows = run_query('select count(*) from ' ~ relation ~ ' where ' ~ condition).columns[0].values()[0] %}
      {{ log(('Deleting ' if delete else 'Would delete ') ~ rows ~ ' rows of ' ~ relation.identifier, info=true) }}
    {% endfor %}
    {% if delete %}
      {# All or nothing. What dbt has begun by itself ends first. #}
      {% do run_query('commit') %}
      {% call statement('persy_remove_expired', auto_begin=false) %}
        begin;
        {% for relation, condition in doomed %}
        delete from {{ relation }} where {{ condition }};
        {% endfor %}
        commit;
      {% endcall %}
    {% else %}
      {{ log("Nothing was deleted. To delete: --args '{delete: true}'", info=true) }}
    {% endif %}
  {% endif %}
{% endmacro %}
