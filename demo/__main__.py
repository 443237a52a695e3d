"""Run the demo: `python -m demo [FOLDER]`; the folder keeps everything it writes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import typing as t
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from demo import funnel, story, warehouse
from demo.local_persy import DemoError, History, LocalPersy, running

ROOT = Path(__file__).resolve().parents[1]
DAYS_AGO = timedelta(days=30)
PLUGINS = ("tap-compleetpersy", "target-duckdb", "dbt-duckdb:build")
OWN_SETTINGS = ("DBT_", "MELTANO_", "PERSY_", "TAP_COMPLEETPERSY_", "TARGET_")


@dataclass(frozen=True, slots=True)
class Demo:
    """What one folder remembers of the demo.

    Attributes:
        folder: Holds the DuckDB file, Meltano's project and state, its log, and the
            history of the local Persy. Absolute.
    """

    folder: Path

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "persy.duckdb"

    @property
    def page(self) -> Path:
        """The chart of the funnel."""
        return self.folder / "funnel.html"

    @property
    def history(self) -> Path:
        """What the local Persy went through."""
        return self.folder / "history.json"

    def play(self) -> None:
        """Let everything arrive, or where it did already, let a day pass.

        Raises:
            DemoError: When the local Persy or Meltano fails.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.warehouse.is_file():
            self._go_on()
            self._say_what_next("make demo-reset", "forget all this: the next demo starts anew")
        else:
            self._begin()
            self._say_what_next("make demo", "again, a day later: only what changed travels")

    def _begin(self) -> None:
        first_day = datetime.now(UTC).replace(microsecond=0) - DAYS_AGO
        history = History(first_day.isoformat())
        print("Starting a local Persy with fictional candidates ...")
        with running(history) as persy:
            History(history.now, persy.port).save(self.history)
            print(f"It answers at {persy.url}")
            self._meltano_run(persy)
        with warehouse.opened(self.warehouse) as connection:
            warehouse.show_tables(connection)
        self._show_funnel()

    def _go_on(self) -> None:
        history = History.load(self.history)
        with warehouse.opened(self.warehouse) as connection:
            before = warehouse.snapshot(connection)
            changes = story.next_day(connection, history.now, history.changes)
        print("A day has passed in the local Persy:")
        for change in changes:
            print(f"  - {change.what}")
        with running(history) as persy:
            persy.apply(changes)
            History(history.now, history.port, history.changes + changes).save(self.history)
            self._meltano_run(persy)
        with warehouse.opened(self.warehouse) as connection:
            warehouse.show_travelled(connection, before)
        self._show_funnel()

    def _show_funnel(self) -> None:
        with warehouse.opened(self.warehouse) as connection:
            charts = funnel.read(connection)
        print("\nAnd what dbt made of it, the marts in persy_models:")
        for chart in charts[:2]:
            print()
            print(*funnel.lines(chart), sep="\n")
        self.page.write_text(funnel.page(charts), encoding="utf-8")
        print(f"\nThe same as a page: {os.path.relpath(self.page)}")

    def _meltano_run(self, persy: LocalPersy) -> None:
        print(f"\n$ meltano run {' '.join(PLUGINS)}", flush=True)
        # The same plugins as the checkout's project, but nobody's own .env.
        shutil.copyfile(ROOT / "meltano.yml", self.folder / "meltano.yml")
        if not (self.folder / "dbt").is_symlink():
            (self.folder / "dbt").symlink_to(ROOT / "dbt")
        start = time.monotonic()
        done = subprocess.run(
            [_command("meltano"), "run", "--no-install", *PLUGINS],
            cwd=self.folder,
            env=self._environment() | persy.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        log = self.folder / "meltano.log"
        log.write_bytes(done.stdout)
        if done.returncode:
            text = done.stdout.decode(errors="replace")
            message = f"{text}\nMeltano failed with exit code {done.returncode}; its log is above."
            raise DemoError(message)
        print(f"Done in {time.monotonic() - start:.0f} s; the log is {os.path.relpath(log)}")

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)
        }
        return inherited | {
            "MELTANO_SYS_DIR_ROOT": str(ROOT / ".meltano"),
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder / 'meltano.db'}",
            "TARGET_DUCKDB_FILEPATH": str(self.warehouse),
        }

    def _say_what_next(self, command: str, what: str) -> None:
        path, schema = os.path.relpath(self.warehouse), warehouse.SCHEMA
        print(f"\nThe file is {path}; its tables are in the schema {schema}, those of dbt in")
        print("persy_models. What next?\n")
        print(f"  {command:22} {what}")
        print(f"  {'cp .env.example .env':22} your own tenant instead: see README.md\n")


def _command(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _terminated(_signal: int, _frame: object) -> t.NoReturn:
    sys.exit(128 + signal.SIGTERM)


def main(arguments: list[str]) -> int:
    """Play the demo in the folder that was named.

    Returns:
        The exit code.
    """
    signal.signal(signal.SIGTERM, _terminated)
    folder = Path(arguments[0]) if arguments else ROOT / "demo" / "output"
    try:
        Demo(folder.resolve()).play()
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
