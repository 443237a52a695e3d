"""TLS is verified, whatever the environment says."""

from __future__ import annotations

import pytest

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.errors import Unreachable
from tap_compleetpersy.settings import read_settings
from tests.faults.places import untrusted


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""}, id="no bundle"),
        pytest.param({"REQUESTS_CA_BUNDLE": "", "SSL_CERT_FILE": ""}, id="no certificates"),
        pytest.param({"PYTHONHTTPSVERIFY": "0", "NODE_TLS_REJECT_UNAUTHORIZED": "0"}, id="off"),
    ],
)
def test_the_environment_cannot_switch_it_off(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with untrusted() as place:
        settings = read_settings({"api_key": "key", **place})
        with Client(settings) as client, pytest.raises(Unreachable, match="cannot be verified"):
            client.get_document("/candidates")


def test_a_bundle_of_the_environment_that_is_not_there_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "false")
    with untrusted() as place:
        settings = read_settings({"api_key": "key", **place})
        with Client(settings) as client, pytest.raises(Unreachable) as caught:
            client.get_document("/candidates")
    assert "REQUESTS_CA_BUNDLE" in str(caught.value)
    assert caught.value.tries == 1
