"""dbt in fakesnow: `python fakesnow_dbt.py WORDS`; the databases are in the folder `SNOWFLAKE`."""

import os
import sys

import fakesnow

with fakesnow.patch(db_path=os.environ["SNOWFLAKE"]):
    from dbt.cli.main import cli  # it imports the connector, which is patched now

    cli(sys.argv[1:])
