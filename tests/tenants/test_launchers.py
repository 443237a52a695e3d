"""The shipped launchers: Celery runs a tenant, and Dagster takes what is for Kubernetes."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Iterator

import pytest

from tap_compleetpersy.sandbox.options import Options
from tests.tenants.platform import DEPLOY, MODULE, SCRIPTS, Platform, platform

pytestmark = pytest.mark.full

SECONDS = 300.0
"""The longest that a queue, a worker and a run of one tenant may take."""

CHECK = """
import json, sys, yaml
from dagster._config import process_config, resolve_to_config_type
from dagster_k8s import K8sRunLauncher
launcher = yaml.safe_load(open(sys.argv[1]))["run_launcher"]["config"]
done = process_config(resolve_to_config_type(K8sRunLauncher.config_type()), launcher)
print(json.dumps([str(error.message) for error in done.errors or ()]))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("celery"), {"acme": Options(candidates=20)}) as place:
        yield place


def test_a_celery_worker_runs_a_tenant(place: Platform) -> None:
    instance = "".join((DEPLOY / name).read_text() for name in ("dagster.yaml", "celery.yaml"))
    (place.folder / "home" / "dagster.yaml").write_text(instance, encoding="utf-8")
    settings = place.server.settings
    address = "postgresql://{user}:{password}@{host}:{port}/{database}".format(**settings)
    variables = {
        "DAGSTER_DATABASE_URL": address,
        "DAGSTER_CELERY_BROKER_URL": f"sqla+sqlite:///{place.folder / 'broker.db'}",
        "DAGSTER_CELERY_BACKEND_URL": f"db+sqlite:///{place.folder / 'results.db'}",
    }
    broker = ("-b", variables["DAGSTER_CELERY_BROKER_URL"])
    backend = ("--result-backend", variables["DAGSTER_CELERY_BACKEND_URL"])
    app = ("-A", "dagster_celery.app", *broker, *backend)
    worker_words = (*app, "worker", "-Q", "dagster", "-P", "threads")
    launch = ("job", "launch", *MODULE, "--job", "sync")
    # Two programs that make the tables of Dagster at once get in each other's way.
    made = place.command("dagster", "instance", "info", **variables)
    assert made.returncode == 0, made.stderr
    with (
        place.running("celery", *worker_words, **variables) as worker,
        place.running("dagster-daemon", "run", *MODULE, **variables),
    ):
        launched = place.command("dagster", *launch, **variables)
        assert launched.returncode == 0, launched.stderr
        deadline = time.monotonic() + SECONDS
        ended = "select status from runs where status in ('SUCCESS', 'FAILURE')"
        while not place.rows(ended):
            assert time.monotonic() < deadline
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(1)
            assert worker.poll() is None
    assert place.rows(ended) == [("SUCCESS",)]
    assert place.loaded("acme") == place.expected("acme")


def test_kubernetes_takes_its_configuration() -> None:
    done = subprocess.run(
        [SCRIPTS / "python", "-c", CHECK, DEPLOY / "kubernetes.yaml"],
        env=os.environ | {"PERSY_IMAGE": "persy:1"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert json.loads(done.stdout) == []
