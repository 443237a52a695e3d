"""What a warehouse holds of the tap's streams: `database` asks it, `person` and `last_run` answer.

Only DuckDB and PostgreSQL are known here. Their drivers are the extra `warehouse`.
"""
