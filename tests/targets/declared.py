"""The targets: how each is set, how its rows are read, and what it makes of a tenant."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping

from tests.targets import reading, stand_ins
from tests.targets.destinations import BY_DLT
from tests.targets.singer_target import SCHEMA, Spot, Target, postgres
from tests.targets.stand_ins import PROGRAMS
from tests.targets.story import APPENDED, NOTHING, STREAMS, Outcome, Row, Tables


def _postgres(spot: Spot) -> Mapping[str, t.Any]:
    return {**spot.server.settings, "default_target_schema": SCHEMA, "load_method": "upsert"}


def _pipelinewise(spot: Spot) -> Mapping[str, t.Any]:
    settings = dict(spot.server.settings)
    return settings | {"dbname": settings.pop("database"), "default_target_schema": SCHEMA}


def _redshift(spot: Spot) -> Mapping[str, t.Any]:
    settings = dict(spot.server.postgres.settings)
    bucket = spot.server.bucket
    return settings | {
        "dbname": settings.pop("database"),
        "default_target_schema": SCHEMA,
        "s3_bucket": bucket.name,
        "aws_access_key_id": bucket.options["key"],
        "aws_secret_access_key": bucket.options["secret"],
        "copy_options": "TIMEFORMAT 'auto' COMPUPDATE OFF STATUPDATE OFF",
    }


def _bucket(spot: Spot) -> Mapping[str, str]:
    return t.cast("Mapping[str, str]", spot.server.variables)


def _s3_keys(spot: Spot) -> Mapping[str, str]:
    options = spot.server.options
    return {"aws_access_key_id": options["key"], "aws_secret_access_key": options["secret"]}


def _s3(spot: Spot) -> Mapping[str, str]:
    endpoint = spot.server.options["endpoint_url"]
    return {"s3_bucket": spot.server.name, "aws_endpoint_url": endpoint, **_s3_keys(spot)}


def _from_bucket(read: Callable[[bytes], Iterator[Row]]) -> Callable[[Spot], Tables]:
    return lambda spot: reading.of_files(spot.server.contents(), read)


def _from_folder(pattern: str, read: Callable[[bytes], Iterator[Row]]) -> Callable[[Spot], Tables]:
    return lambda spot: reading.of_files(reading.of_folder(spot.output, pattern), read)


_SQLITE = f"""
import json, sqlite3, sys
base = sqlite3.connect(sys.argv[1])
base.row_factory = sqlite3.Row
def rows(name):
    return [dict(row) for row in base.execute("select * from " + name)]
{reading.PRINT}
"""  # noqa: S608

_AVRO = f"""
import fastavro, json, pathlib, sys
def rows(name):
    (path,) = pathlib.Path(sys.argv[1]).glob("*." + name + ".avro")
    with path.open("rb") as file:
        return list(fastavro.reader(file))
{reading.PRINT}
"""

_MYSQL = f"""
import MySQLdb, MySQLdb.cursors, json, sys
port, user, password = sys.argv[1:4]
base = MySQLdb.connect(
    host="127.0.0.1", port=int(port), user=user, passwd=password, db="persy",
    charset="utf8mb4", cursorclass=MySQLdb.cursors.DictCursor,
)
def rows(name):
    cursor = base.cursor()
    cursor.execute("select * from " + name)
    return list(cursor.fetchall())
{reading.PRINT}
"""  # noqa: S608

_SNOWFLAKE = f"""
import duckdb, json, sys
base = duckdb.connect(sys.argv[1], read_only=True)
def rows(name):
    found = base.execute("select * from PERSY." + name)
    names = [column[0].lower() for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]
{reading.PRINT}
"""  # noqa: S608

_AS_TEXT = "json.dumps(custom_fields, ensure_ascii=False) if custom_fields is not None else None"

TEXTS = {
    "include_remote_data": False,
    "stream_maps": {"candidates": {"custom_fields": _AS_TEXT}},
}
"""For a target that cannot write a fraction."""

FLAT = {"flattening_enabled": True, "flattening_max_depth": 1}

TARGETS = (
    Target(
        ("meltanolabs-target-postgres==0.8.1",),
        "target-postgres",
        _postgres,
        lambda spot: reading.of_postgres(spot.server, SCHEMA),
        server=postgres,
        notes="`load_method: upsert`",
    ),
    Target(
        ("pipelinewise-target-postgres==2.1.2", "setuptools<81"),
        "target-postgres",
        _pipelinewise,
        lambda spot: reading.of_postgres(spot.server, SCHEMA),
        server=postgres,
        notes="Objects and lists are jsonb",
    ),
    Target(
        ("target-duckdb==0.8.0", "duckdb<1.3", "setuptools<81"),
        "target-duckdb",
        lambda spot: {
            "filepath": str(spot.output / "persy.duckdb"),
            "default_target_schema": SCHEMA,
        },
        lambda spot: reading.of_duckdb(spot.output / "persy.duckdb", SCHEMA),
        notes=(
            "With `duckdb<1.3`: newer ones lose rows (docs/running.md). Name the file "
            "differently from the schema, or both as in the README"
        ),
    ),
    Target(
        ("target-sqlite==0.2.0",),
        "target-sqlite",
        lambda spot: {"database": str(spot.output / "persy")},
        lambda spot: reading.by_program(
            spot.python, _SQLITE, str(spot.output / "persy.db"), *STREAMS
        ),
        notes="Needs Python 3.9 or older: it imports what 3.10 removed",
        python="3.9",
    ),
    Target(
        ("meltanolabs-target-csv==0.5.0",),
        "target-csv",
        lambda spot: {
            "output_path": str(spot.output),
            "file_naming_scheme": "{stream_name}-{timestamp}.csv",
        },
        _from_folder("*.csv", reading.comma_separated),
        APPENDED,
        tap=FLAT,
        notes=(
            "`flattening_enabled: true`; `file_naming_scheme` with `{timestamp}`, or "
            "each run replaces the file"
        ),
        fast=True,
    ),
    Target(
        ("pipelinewise-target-s3-csv==2.0.0", "setuptools<81"),
        "target-s3-csv",
        _s3,
        _from_bucket(reading.comma_separated),
        APPENDED,
        server=stand_ins.moto,
        tap=FLAT,
        environment=_bucket,
        notes="`flattening_enabled: true`. One file per run",
    ),
    Target(
        ("target-s3-jsonl==2.0.1", "setuptools<81"),
        "target-s3-jsonl",
        lambda spot: {
            **_s3(spot),
            "path_template": "{stream}-{date_time:%Y%m%dT%H%M%S%f}.jsonl",
        },
        _from_bucket(reading.json_lines),
        APPENDED,
        server=stand_ins.moto,
        environment=_bucket,
        notes="One file per run, by `path_template`",
    ),
    Target(
        ("plinxore-target-s3==0.1.7",),
        "target-s3",
        lambda spot: {
            "format": {"format_type": "jsonl"},
            "cloud_provider": {
                "cloud_provider_type": "aws",
                "aws": {
                    **_s3_keys(spot),
                    "aws_bucket": spot.server.name,
                    "aws_region": "us-east-1",
                    "aws_endpoint_override": spot.server.options["endpoint_url"],
                },
            },
            "append_date_to_filename_grain": "microsecond",
        },
        _from_bucket(reading.json_lines),
        APPENDED,
        server=stand_ins.moto,
        environment=_bucket,
        notes="One file per batch; `append_date_to_filename_grain: microsecond`",
    ),
    Target(
        ("target-singer-jsonl==0.1.0",),
        "target-singer-jsonl",
        lambda spot: {"destination": "local", "local": {"folder": str(spot.output)}},
        _from_folder("*.singer.gz", reading.singer_lines),
        APPENDED,
        fast=True,
        notes="One file per run, of Singer messages",
    ),
    Target(
        ("target-jsonl==0.1.4", "setuptools<81"),
        "target-jsonl",
        lambda spot: {"destination_path": str(spot.output)},
        _from_folder("*.jsonl", reading.json_lines),
        APPENDED,
        fast=True,
        notes="One file per stream, appended to",
    ),
    Target(
        ("target-gcs==1.2.3", "setuptools<81"),
        "target-gcs",
        lambda spot: {"bucket_name": spot.server.name},
        _from_bucket(reading.json_lines),
        APPENDED,
        server=stand_ins.gcs,
        tap=TEXTS,
        environment=lambda spot: {
            "STORAGE_EMULATOR_HOST": spot.server.url,
            "GOOGLE_CLOUD_PROJECT": "persy",
        },
        notes=(
            "One file per run. It cannot write fractions: `include_remote_data: false`, "
            "and `custom_fields` as text by a stream map (below)"
        ),
    ),
    Target(
        ("target-elasticsearch==2.1.0",),
        "target-elasticsearch",
        lambda spot: {
            "scheme": "http",
            "host": "127.0.0.1",
            "port": spot.server.port,
            "index_format": "persy-{{ stream_name }}",
            "metadata_fields": {name: {"_id": "id"} for name in STREAMS},
        },
        lambda spot: spot.server.tables(),
        server=stand_ins.elasticsearch,
        notes=(
            '`metadata_fields: {"candidates": {"_id": "id"}, …}`, or each version is '
            "a separate document. Run against a stand-in, not against Elasticsearch"
        ),
    ),
    Target(
        ("target-avro==0.2.0", "setuptools<81"),
        "target-avro",
        lambda spot: {"prefix": str(spot.output / "persy"), "disable_collection": True},
        lambda spot: reading.by_program(spot.python, _AVRO, str(spot.output), *STREAMS),
        Outcome(edits="no"),
        notes=(
            "`disable_collection: true`, or it reports its use to its author. Each run replaces"
            " the files: only for complete passes, or with a `prefix` per run"
        ),
    ),
    Target(
        ("target-universal-file==0.0.1",),
        "target-universal-file",
        lambda spot: {
            "protocol": "local",
            "file_type": "csv",
            "path": str(spot.output),
            "file_name_format": "{stream_name}.{file_type}",
        },
        _from_folder("*.csv", reading.comma_separated),
        Outcome(edits="no"),
        tap=FLAT,
        notes=(
            "Only as `csv`, with `flattening_enabled: true`: as `jsonl` it cannot "
            "write a time, as `parquet` no nullable type. Each run replaces the file"
        ),
    ),
    Target(
        ("thk-target-mysql==0.1.3", "setuptools<81"),
        "target-mysql",
        lambda spot: {
            "user": spot.server.user,
            "password": spot.server.password,
            "host": "127.0.0.1",
            "port": str(spot.server.port),
            "database": "persy",
        },
        lambda spot: reading.by_program(
            spot.python,
            _MYSQL,
            *(str(spot.server.port), spot.server.user, spot.server.password),
            *STREAMS,
        ),
        NOTHING,
        server=stand_ins.mariadb,
        notes=(
            "Does not load: text keys of 1,000 characters are too long for an index. "
            "Use another target"
        ),
        error="Specified key was too long",
    ),
    Target(
        ("meltanolabs-target-snowflake==0.20.4", "fakesnow==0.12.1"),
        "python",
        lambda _: {
            **dict.fromkeys(("account", "user", "password"), "any"),
            "database": "WAREHOUSE",
            "schema": "PERSY",
            "default_target_schema": "PERSY",
            "load_method": "upsert",
        },
        lambda spot: reading.by_program(
            spot.python, _SNOWFLAKE, str(spot.output / "WAREHOUSE.db"), *STREAMS
        ),
        environment=lambda spot: {"SNOWFLAKE": str(spot.output)},
        script=lambda _: (PROGRAMS / "fakesnow_target.py").read_text(encoding="utf-8"),
        notes=(
            "`load_method: upsert`. Run against a stand-in, fakesnow 0.12.1, its user stage "
            "replaced by a table"
        ),
    ),
    Target(
        ("shaped-target-clickhouse==0.2.5", "setuptools<81"),
        "target-clickhouse",
        lambda spot: {
            "driver": "http",
            "host": "127.0.0.1",
            "port": spot.server.port,
            "username": "default",
            "password": "",
            "database": "persy",
            "secure": False,
            "verify": False,
            "engine_type": "ReplacingMergeTree",
            "order_by_keys": ["id"],
        },
        lambda spot: spot.server.tables(),
        server=stand_ins.clickhouse,
        notes=(
            "`engine_type: ReplacingMergeTree`, `order_by_keys: [id]`, and `final` in queries. "
            "Run against a stand-in, chdb 4.4.0 behind HTTP"
        ),
    ),
    Target(
        ("pipelinewise-target-redshift==1.6.0",),
        "python",
        _redshift,
        lambda spot: reading.of_postgres(spot.server.postgres, SCHEMA, str.upper),
        server=stand_ins.redshift,
        environment=lambda spot: spot.server.bucket.variables,
        script=lambda _: (PROGRAMS / "redshift_target.py").read_text(encoding="utf-8"),
        python="3.8",
        notes=(
            "Needs Python 3.8. Run against a stand-in, PostgreSQL and moto, COPY from S3 "
            "replaced by a program"
        ),
    ),
    *BY_DLT,
)
