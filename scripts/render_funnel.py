"""Write docs/funnel.png: the page of the demo's funnel, as Chromium shows it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from demo.__main__ import Demo
from tests.explorer.browser import find_chromium, running, visiting

TARGET = Path(__file__).resolve().parents[1] / "docs" / "funnel.png"
VIEWPORT = {"width": 860, "height": 900}


def main() -> None:
    """Play two days of the demo in a folder of its own, and show its page."""
    executable = find_chromium()
    if executable is None:
        message = "no Chromium found: make setup installs it"
        raise SystemExit(message)
    with tempfile.TemporaryDirectory() as name, running(executable) as browser:
        demo = Demo(Path(name))
        demo.play()
        demo.play()
        options = {"viewport": VIEWPORT, "device_scale_factor": 1, "color_scheme": "light"}
        with visiting(browser, demo.page, **options) as visit:
            visit.page.screenshot(path=TARGET, full_page=True)
    print(f"Written: {TARGET}")


if __name__ == "__main__":
    main()
