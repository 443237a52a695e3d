"""The tenants file: who there is, where each key lies, and what is special about each."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

STREAMS = ("candidates", "jobs", "applications")
VARIABLE = "TAP_COMPLEETPERSY_{}"
API_URL = "https://www.germanpersonnel.de/persy/api/v1"
ACCOUNT = "[a-z][a-z0-9_]{0,39}"
OWN = frozenset({"account", "api_key", "api_key_file", "start_date", "end_date"})
"""Settings that a tenants file does not set: they follow from the tenant and the window."""

Settings = dict[str, JsonValue]


class TenantsError(Exception):
    """The tenants file cannot be used; the message is one line that names the place."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("settings", check_fields=False)
    @classmethod
    def _only_what_is_free(cls, settings: Settings) -> Settings:
        if taken := OWN & settings.keys():
            message = f"{min(taken)} is not set here: it follows from account, key and partition"
            raise ValueError(message)
        return settings


class Tenant(_Strict):
    """One tenant.

    Attributes:
        account: Its label: part of every `id`, and the name of its assets, its schema of
            views and its Meltano state.
        key: Where its key lies: `env:NAME`, `file:/path` or `keyring:service/username`.
        settings: Settings of the tap that differ from those of all.
    """

    account: t.Annotated[str, Field(pattern=f"^{ACCOUNT}$")]
    key: t.Annotated[str, Field(pattern=r"^(env|file|keyring):\S+$")]
    settings: Settings = {}


class Tenants(_Strict):
    """All tenants.

    Attributes:
        tenants: In the order of the file.
        loader: The target, as it is called in `meltano.yml`.
        history_from: First month that can be filled again, if any.
        retries: How often a failed run is tried again by itself.
        retry_seconds: The first wait before that, more or less; the next is twice as long.
        settings: Settings of the tap for all.
    """

    tenants: t.Annotated[tuple[Tenant, ...], Field(min_length=1)]
    loader: t.Literal["target-postgres", "target-duckdb"] = "target-postgres"
    history_from: date | None = None
    retries: t.Annotated[int, Field(ge=0)] = 2
    retry_seconds: t.Annotated[float, Field(ge=0)] = 60
    settings: Settings = {}

    @field_validator("tenants")
    @classmethod
    def _each_once(cls, tenants: tuple[Tenant, ...]) -> tuple[Tenant, ...]:
        accounts = [tenant.account for tenant in tenants]
        if twice := {account for account in accounts if accounts.count(account) > 1}:
            message = f"account {min(twice)} is there twice"
            raise ValueError(message)
        return tenants

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts of all, in the order of the file."""
        return tuple(tenant.account for tenant in self.tenants)

    @property
    def dbt(self) -> str:
        """The plugin of dbt that models what the loader loads."""
        return self.loader.replace("target", "dbt")

    def settings_of(self, tenant: Tenant) -> Settings:
        """Return the tap's settings of a tenant, without its key.

        Every record gets a column `account` by a stream map: it is what a view, or the removal of
        a tenant, selects by.
        """
        settings = {**self.settings, **tenant.settings}
        maps, values = (
            dict(_object(settings, name)) for name in ("stream_maps", "stream_map_config")
        )
        extra = t.cast("list[dict[str, str]]", _parsed(settings, "extra_streams") or [])
        for stream in (*STREAMS, "candidate_attachments", *(one["name"] for one in extra)):
            maps[stream] = {**_object(maps, stream), "account": "config['persy_account']"}
        return {
            **settings,
            "account": tenant.account,
            "stream_maps": maps,
            "stream_map_config": {**values, "persy_account": tenant.account},
        }

    def host_of(self, tenant: Tenant) -> str:
        """Return the host and port that are asked: what a limit of concurrency is for."""
        url = str({**self.settings, **tenant.settings}.get("api_url", API_URL))
        return urlsplit(url).netloc

    def environment_of(self, tenant: Tenant, given: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that make a run of the tap one of this tenant.

        Args:
            tenant: Whose.
            given: Variables of this process, where a key may be.

        Raises:
            TenantsError: When the key is not there.
        """
        kind, _, place = tenant.key.partition(":")
        if kind == "env":
            if not given.get(place):
                message = f"{tenant.account}: the key is not in the variable {place}"
                raise TenantsError(message)
            key = {"api_key": given[place]}
        else:
            key = {"api_key_file": place if kind == "file" else tenant.key}
        settings = {**self.settings_of(tenant), **key}
        return {
            VARIABLE.format(name.upper()): value if isinstance(value, str) else json.dumps(value)
            for name, value in settings.items()
        }


def read_tenants(path: Path) -> Tenants:
    """Read the file.

    Raises:
        TenantsError: When it is missing, is not YAML, or has something unknown; no value of it is
            repeated.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Tenants.model_validate(content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except yaml.YAMLError:
        reason = "not YAML"
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        reason = f"{place}: {re.sub(r'^Value error, ', '', first['msg'])}"
    message = f"{path.name}: {reason}"
    raise TenantsError(message)


def _object(settings: Mapping[str, JsonValue], name: str) -> dict[str, JsonValue]:
    return t.cast("dict[str, JsonValue]", _parsed(settings, name) or {})


def _parsed(settings: Mapping[str, JsonValue], name: str) -> JsonValue:
    found = settings.get(name)
    return t.cast("JsonValue", json.loads(found)) if isinstance(found, str) else found
