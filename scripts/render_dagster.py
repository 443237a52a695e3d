"""Take the picture of the tenants' asset graph for `docs/dagster.md`, after a run in Chromium.

Run as `make dagster-picture`, for it needs Dagster. Two tenants are complete; the key of the
third is wrong.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import expect

from tap_compleetpersy.sandbox.options import Options
from tests.explorer.browser import find_chromium, running
from tests.tenants.platform import platform
from tests.tenants.web import run_all, serving, visit

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "dagster-assets.png"
VIEWPORT = {"width": 1280, "height": 560}
NAMES = ("acme", "globex", "initech")


def main() -> None:
    """Run all tenants, and show the graph.

    Raises:
        RuntimeError: When there is no Chromium.
    """
    executable = find_chromium()
    if executable is None:
        message = "no Chromium found: `make setup` installs it"
        raise RuntimeError(message)
    tenants = {name: Options(candidates=250, seed=seed) for seed, name in enumerate(NAMES)}
    with (
        tempfile.TemporaryDirectory() as folder,
        platform(Path(folder), tenants) as place,
        serving(place, PERSY_KEY_GLOBEX="not-the-key") as address,
        running(executable) as browser,
    ):
        place.write_tenants(tenants, retries=0)
        page = visit(browser, address, viewport=VIEWPORT, color_scheme="light")
        run_all(page)
        page.goto(f"{address}/asset-groups")
        expect(page.get_by_text("models").last).to_be_visible()
        expect(page.get_by_text("fetching statuses")).to_have_count(0)
        page.get_by_role("button", name="Hide navigation").click()
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
