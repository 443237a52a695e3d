"""The tenants file: what each tenant's run is given, and what is refused in one line."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from persy_tenants.tenants import Tenants, TenantsError, read_tenants

from tests.meltano import ROOT

ACME = {"account": "acme", "key": "env:PERSY_KEY_ACME"}
KEY = {"PERSY_KEY_ACME": "the-key"}


def read(folder: Path, content: t.Any) -> Tenants:
    file = folder / "tenants.yml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return read_tenants(file)


def run_of(folder: Path, content: t.Any) -> dict[str, str]:
    tenants = read(folder, content)
    return tenants.environment_of(tenants.tenants[0], KEY)


def test_the_example_is_read() -> None:
    tenants = read_tenants(ROOT / "deploy" / "dagster" / "tenants.example.yml")
    assert tenants.accounts == ("acme", "globex", "initech")
    assert tenants.dbt == "dbt-postgres"


def test_a_run_is_of_one_tenant(tmp_path: Path) -> None:
    settings = {"cutoff_days": 730, "page_size": 50}
    variables = run_of(
        tmp_path, {"settings": settings, "tenants": [ACME | {"settings": {"page_size": 20}}]}
    )
    given = {
        name: variables[f"TAP_COMPLEETPERSY_{name.upper()}"] for name in ("account", *settings)
    }
    assert given == {"account": "acme", "cutoff_days": "730", "page_size": "20"}


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("env:PERSY_KEY_ACME", "API_KEY", "the-key"),
        ("file:/run/key", "API_KEY_FILE", "/run/key"),
        ("keyring:persy/acme", "API_KEY_FILE", "keyring:persy/acme"),
    ],
)
def test_a_key_is_where_the_file_says(tmp_path: Path, key: str, name: str, value: str) -> None:
    variables = run_of(tmp_path, {"tenants": [ACME | {"key": key}]})
    keys = {name: value for name, value in variables.items() if "API_KEY" in name}
    assert keys == {f"TAP_COMPLEETPERSY_{name}": value}


def test_every_record_says_whose_it_is_beside_maps_of_ones_own(tmp_path: Path) -> None:
    settings = {
        "extra_streams": [{"name": "users", "path": "/users", "primary_keys": ["id"]}],
        "stream_maps": {"candidates": {"phone_numbers": "__NULL__"}},
        "stream_map_config": {"own": 1},
    }
    variables = run_of(tmp_path, {"settings": settings, "tenants": [ACME]})
    maps = json.loads(variables["TAP_COMPLEETPERSY_STREAM_MAPS"])
    assert maps.keys() == {"candidates", "jobs", "applications", "candidate_attachments", "users"}
    assert {one["account"] for one in maps.values()} == {"config['persy_account']"}
    assert maps["candidates"]["phone_numbers"] == "__NULL__"
    values = json.loads(variables["TAP_COMPLEETPERSY_STREAM_MAP_CONFIG"])
    assert values == {"own": 1, "persy_account": "acme"}


def test_a_host_is_limited_with_its_port(tmp_path: Path) -> None:
    own = ACME | {"settings": {"api_url": "https://persy.example:8443/api"}}
    tenants = read(tmp_path, {"tenants": [own, {"account": "globex", "key": "file:/run/key"}]})
    hosts = [tenants.host_of(tenant) for tenant in tenants.tenants]
    assert hosts == ["persy.example:8443", "www.germanpersonnel.de"]


def test_a_key_that_is_not_there_is_named_by_its_variable(tmp_path: Path) -> None:
    tenants = read(tmp_path, {"tenants": [ACME]})
    with pytest.raises(
        TenantsError, match=r"^acme: the key is not in the variable PERSY_KEY_ACME$"
    ):
        tenants.environment_of(tenants.tenants[0], {})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("tenants: [", "not YAML"),
        ({}, "tenants: Field required"),
        ({"tenants": []}, "tenants: Tuple should have at least 1 item after validation, not 0"),
        ({"tenants": [ACME, ACME]}, "tenants: account acme is there twice"),
        ({"tenants": [ACME | {"account": "a b"}]}, "tenants.0.account: String should match"),
        ({"tenants": [ACME | {"key": "s3cret"}]}, "tenants.0.key: String should match"),
        ({"tenants": [ACME | {"clock": "UTC"}]}, "tenants.0.clock: Extra inputs"),
        ({"tenants": [ACME | {"settings": {"api_key": "s3cret"}}]}, "api_key is not set here"),
        ({"tenants": [ACME], "settings": {"end_date": "2024-01-01"}}, "end_date is not set here"),
        ({"tenants": [ACME], "loader": "target-csv"}, "loader: Input should be"),
        ({"tenants": [ACME], "retries": -1}, "retries: Input should be greater"),
    ],
)
def test_what_is_wrong_is_one_line_without_a_secret(
    tmp_path: Path, content: t.Any, reason: str
) -> None:
    with pytest.raises(TenantsError) as caught:
        read(tmp_path, content)
    message = str(caught.value)
    assert message.startswith("tenants.yml: ")
    assert reason in message
    assert "\n" not in message
    assert "s3cret" not in message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TenantsError, match=r"^nowhere\.yml: No such file or directory$"):
        read_tenants(tmp_path / "nowhere.yml")
