"""Where things are: the variables of the environment, in one place."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from persy_tenants.meltano import Meltano
from persy_tenants.tenants import Tenants, TenantsError, read_tenants


@dataclass(frozen=True, slots=True)
class Places:
    """What the variables say.

    Attributes:
        file: `PERSY_TENANTS`, the tenants file.
        project: `PERSY_PROJECT`, the Meltano project: a clone after `make setup`.
        folders: `PERSY_FOLDERS`, where runs have their folders; in the project when unset.
        manifest: `PERSY_MANIFEST`, what `dbt parse` wrote; in the project when unset.
    """

    file: Path
    project: Path
    folders: Path
    manifest: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> t.Self:
        """Read the variables.

        Raises:
            TenantsError: When one is missing.
        """
        for name in ("PERSY_TENANTS", "PERSY_PROJECT"):
            if not environment.get(name):
                message = f"the variable {name} is not set"
                raise TenantsError(message)
        project = Path(environment["PERSY_PROJECT"]).resolve()
        return cls(
            Path(environment["PERSY_TENANTS"]),
            project,
            Path(environment.get("PERSY_FOLDERS", project / ".meltano" / "tenants")).resolve(),
            Path(environment.get("PERSY_MANIFEST", project / ".meltano" / "dbt" / "manifest.json")),
        )

    def tenants(self) -> Tenants:
        """Read the tenants file."""
        return read_tenants(self.file)

    def meltano(self) -> Meltano:
        """Return the project that runs are of."""
        return Meltano(self.project, self.folders)
