"""Somebody runs all tenants from Dagster's web page: who failed is red, and why is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tap_compleetpersy.sandbox.options import Options
from tests.explorer.browser import find_chromium, running
from tests.tenants.platform import platform
from tests.tenants.web import LOCATION, run_all, serving, visit

pytestmark = pytest.mark.full

TENANTS = {name: Options(candidates=20, seed=seed) for seed, name in enumerate(("acme", "globex"))}


def expect_assets(page: Page, address: str, account: str, status: str) -> None:
    """See that the three streams of a tenant are all like this."""
    page.goto(f"{address}{LOCATION}/asset-groups/{account}")
    expect(page.get_by_text(status, exact=True)).to_have_count(3)


def test_who_failed_is_red_with_the_reason(tmp_path: Path) -> None:
    executable = find_chromium()
    assert executable is not None, "no Chromium found: `make setup` installs it"
    with (
        platform(tmp_path, TENANTS) as place,
        serving(place, PERSY_KEY_GLOBEX="not-the-key") as address,
        running(executable) as browser,
    ):
        place.write_tenants(TENANTS, retries=0)
        page = visit(browser, address)
        run_all(page)
        expect(page.get_by_text("Errored (1)")).to_be_visible()
        expect(page.get_by_text("Succeeded (1)")).to_be_visible()
        reason = "globex: GET /persy/api/v1/candidates: status 401; nothing is claimed."
        expect(page.get_by_text(reason).first).to_be_visible()
        assert "not-the-key" not in page.content()
        expect_assets(page, address, "acme", "Materialized")
        expect_assets(page, address, "globex", "Failed")
        assert place.loaded("acme") == place.expected("acme")
