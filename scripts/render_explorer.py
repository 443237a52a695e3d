"""Take the picture of the Custom Field Explorer for the README, `docs/explorer.png`.

Run as `python -m scripts.render_explorer`, for it uses the browser of the tests. The people in
it are fictional; its letters are those of Inter, where that font is installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running as persy_running
from tests.explorer.browser import find_chromium, running, visiting
from tests.singer import SCRIPTS, bare_environment

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "explorer.png"
NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
VIEWPORT = {"width": 1280, "height": 860}


def write_page(folder: Path) -> Path:
    """Let the command write the page of a local Persy into a folder."""
    config, page = folder / "config.json", folder / "fields.html"
    with persy_running(Options(candidates=250, seed=1, now=NOW)) as sandbox:
        config.write_text(json.dumps({"api_url": sandbox.url, "api_key": sandbox.api_key}))
        command: list[str | Path] = [SCRIPTS / "persy", "fields", "--config", config]
        command += ["--format", "html", "--output", page, "--show-values"]
        subprocess.run(command, check=True, env=bare_environment(), cwd=folder)  # noqa: S603 - the project's own
    return page


def take_picture(page: Path, picture: Path) -> None:
    """Show a page in Chromium and write what a reader sees first.

    Raises:
        RuntimeError: When there is no Chromium, or when it complains about the page.
    """
    executable = find_chromium()
    if executable is None:
        message = "no Chromium found: `make setup` installs it"
        raise RuntimeError(message)
    with (
        running(executable) as browser,
        visiting(browser, page, viewport=VIEWPORT, color_scheme="light") as visit,
    ):
        if visit.problems:
            raise RuntimeError("\n".join(visit.problems))
        visit.page.screenshot(path=picture)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        try:
            take_picture(write_page(Path(folder)), PICTURE)
        except RuntimeError as error:
            sys.exit(str(error))
    print(f"{PICTURE.name}: written")
