"""The pages of `persy show`, `persy map` and the demo, as their readers have them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from demo import funnel
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running as serving
from tests.explorer.browser import find_chromium, running, visiting
from tests.explorer.test_page_in_chromium import CONTRASTS, DESKTOP, PERSY, PHONE
from tests.singer import bare_environment, run_tap

pytestmark = pytest.mark.full

LONG = "Fachkraft für Lagerlogistik (m/w/d) - Donaudampfschifffahrtsgesellschaft <b>&amp;</b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    assert executable is not None, "no Chromium found: `make setup` installs it"
    with running(executable) as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write each page."""
    folder = tmp_path_factory.mktemp("pages")
    with serving(Options(candidates=30, seed=4)) as persy:
        config = {"api_url": persy.url, "api_key": persy.api_key}
        (folder / "left.json").write_text(json.dumps(run_tap(config, folder).state))
        (folder / "given.json").write_text(json.dumps(config))
        for name, words in (("show", ["--state", "left.json"]), ("map", [])):
            done = subprocess.run(
                [PERSY, name, "--config", "given.json", *words, "--format", "html"],
                cwd=folder,
                env=bare_environment(),
                capture_output=True,
                check=True,
            )
            (folder / f"{name}.html").write_bytes(done.stdout)
    bars = (funnel.Bar(LONG, (1, 20, 3, 4), "since 2026-11-02"), funnel.Bar("", (0, 0, 0, 0), ""))
    (folder / "funnel.html").write_text(funnel.page([funnel.Chart(LONG, bars)]), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in ("show", "map", "funnel")}


@pytest.mark.parametrize("name", ["show", "map", "funnel"])
def test_a_page_is_read_on_a_phone_and_a_desk_by_day_and_by_night(
    pages: dict[str, Path], browser: Browser, name: str
) -> None:
    for viewport, scheme in product((PHONE, DESKTOP), ("light", "dark")):
        options = {"viewport": viewport, "color_scheme": scheme}
        with visiting(browser, pages[name], **options) as visit:
            wide = visit.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= viewport["width"]
            assert visit.problems == []
            assert visit.requests == [pages[name].as_uri()]
            # What has no background of its own lies on the browser's, which follows the scheme.
            canvas = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 18)"}[scheme]
            visit.page.evaluate(
                "canvas => { if (getComputedStyle(document.body).backgroundColor.endsWith(' 0)'))"
                " document.body.style.background = canvas }",
                canvas,
            )
            contrasts = visit.page.evaluate(CONTRASTS)
            assert contrasts[0][0] >= 4.5, (scheme, contrasts[0])
