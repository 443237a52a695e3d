"""The options of a store reach its driver through Meltano, and nobody sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import contents
from tests.attachments.tenant import Tenant
from tests.meltano import make_project
from tests.stores.servers import Place

# Drivers leave connections to the end of the process.
pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.mark.full
@pytest.mark.parametrize("served", ["ftp"], indirect=True)
def test_options_in_one_object_reach_the_driver(
    place: Place, tenant: Tenant, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    config = tenant.config | {
        "attachments_dir": place.url,
        "attachments_options": json.dumps({"ftp": place.options}),
    }
    variables = {f"TAP_COMPLEETPERSY_{name.upper()}": value for name, value in config.items()}
    project = make_project(folder, variables)
    project.meltano("select", "tap-compleetpersy", "candidate_attachments", "*")
    written = project.meltano("invoke", "tap-compleetpersy")
    assert "3 stored, 0 unchanged, 0 not stored" in written
    store = open_store(place.url, place.options, 60)
    assert len(list(contents(store))) == 3
    written += project.meltano("config", "print", "tap-compleetpersy")
    for secret in place.secrets:
        assert secret not in written
