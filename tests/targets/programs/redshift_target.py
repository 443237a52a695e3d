"""target-redshift into PostgreSQL, which has no COPY from S3: this program reads the files.

Runs with the target's packages, on Python 3.8. What else the target asks of Redshift is
PostgreSQL's too: its tables, its UPDATE from the staged rows, its INSERT of the others.
"""

import csv
import gzip
import os
import re
import typing as t

import boto3.session
from psycopg2.extras import DictCursor, execute_values

COPY = re.compile(r"COPY (\S+) \((.*?)\) FROM \'s3://([^/]+)/([^\']+)\'.*", re.DOTALL)
client_of = boto3.session.Session.client
execute = DictCursor.execute


def client(self: t.Any, name: str) -> t.Any:
    """Return a client of the store that the environment names: this boto3 does not look there."""
    return client_of(self, name, endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def copy(cursor: t.Any, table: str, columns: str, bucket: str, prefix: str) -> None:
    """Insert the rows of files as `DELIMITER ',' REMOVEQUOTES ESCAPE` reads them."""
    store = boto3.session.Session().client("s3")
    into = f"insert into {table} ({columns}) values %s"  # noqa: S608 - the target's own words
    for found in store.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
        body = store.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
        packed = found["Key"].endswith(".gz")
        lines = (gzip.decompress(body) if packed else body).decode("utf-8").split("\n")
        rows = csv.reader(lines, doublequote=False, escapechar="\\", strict=True)
        values = [[value or None for value in row] for row in rows if row]
        execute_values(cursor, into, values)


def run(self: t.Any, statement: t.Any, *words: t.Any) -> t.Any:
    """Run a statement, or read the files that it names."""
    found = COPY.match(statement) if isinstance(statement, str) else None
    return copy(self, *found.groups()) if found else execute(self, statement, *words)


boto3.session.Session.client = client
DictCursor.execute = run

from target_redshift import main  # noqa: E402 - it takes what was patched

main()
