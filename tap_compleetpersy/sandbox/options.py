"""How the local Persy behaves: one frozen value, whose defaults are ``docs/wire.md``'s."""

# ruff: noqa: RUF009 - every default below is a dataclass field, made by a function

from __future__ import annotations

import shlex
import typing as t
from dataclasses import dataclass, field, fields

if t.TYPE_CHECKING:
    from datetime import datetime

PREFIX = "/persy/api/v1"
ENVIRONMENT_PREFIX = "TAP_COMPLEETPERSY_"
HIGHEST_PORT = 65_535
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")

SHAPES = ("hrxml", "flat", "german", "php")
AUTHENTICATIONS = ("bearer", "header", "basic", "query")
PAGINATIONS = ("page", "offset", "cursor", "link", "none")
ENVELOPES = ("data", "candidates", "items", "results", "list")
ORDERS = ("id", "newest", "oldest", "random")
ATTACHMENT_LINKS = ("relative", "absolute", "foreign", "mixed")
ENCODINGS = ("utf-8", "utf-8-bom", "iso-8859-1")


class OptionsError(ValueError):
    """An option is not possible; the message names it."""


def _offered(default: t.Any, told: str, /, *, is_shown: bool = True, **more: t.Any) -> t.Any:  # noqa: ANN401 - of any type
    """Declare an option that `persy sandbox` offers: its help, and what else click has to know."""
    return field(default=default, repr=is_shown, metadata={"click": {"help": told, **more}})


def _chosen(choices: tuple[str, ...], told: str | None = None) -> t.Any:  # noqa: ANN401 - as above
    """Declare one of which the first choice is the default."""
    told = told or f"{', '.join(choices[:-1])} or {choices[-1]}."
    return field(default=choices[0], metadata={"click": {"help": told}, "choices": choices})


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that can be chosen when a local Persy starts; what has a help is offered to users.

    Names of parameters are as in the tap's settings; without one there is no such filter. Larger
    pages than `max_page_size` are cut to it, as servers do. Nobody is younger than `now`, which is
    aware; None is the current time, and the clock runs.
    """

    candidates: int = _offered(250, "How many people exist at the start.")
    seed: int = _offered(1, "Another seed gives other people.")
    host: str = _offered("127.0.0.1", "A loopback host; others are refused.")
    port: int = _offered(0, "0 takes a free port.", default=8765)
    api_key: str = _offered("sandbox-key", "The only key that is let in.", is_shown=False)
    shape: str = _chosen(SHAPES)
    pagination: str = _chosen(PAGINATIONS)
    auth: str = _chosen(AUTHENTICATIONS)
    envelope: str = _offered("data", "list, or the dotted path of the records.")
    order: str = _chosen(ORDERS)
    modified_since_param: str | None = _offered("modified_since", "Empty: no such filter.")
    modified_until_param: str | None = _offered("", "An exclusive upper bound. Empty: none.")
    encoding: str = _chosen(ENCODINGS)
    total: bool = _offered(True, "Whether answers tell how many there are.")  # noqa: FBT003
    admin: bool = _offered(False, "Answer /__admin, which edits people, on loopback.", is_flag=True)  # noqa: FBT003
    live: float | None = _offered(
        None, "Change something again and again.", type=float, metavar="SECONDS"
    )
    now: datetime | None = _offered(
        None, "ISO 8601 with an offset: the clock stands there at every start."
    )
    latency_ms: float = _offered(0.0, "Added to each answer.")
    attachment_links: str = _chosen(
        ATTACHMENT_LINKS,
        "relative (to the base URL), absolute (on its host), foreign (on a second port, without"
        " the key, until the link expires) or mixed (one after the other).",
    )
    link_seconds: float = _offered(300.0, "How long a foreign link lives.")
    chaos: float = _offered(
        0.0,
        "0 to 1: how likely something goes wrong with a request; the same for each seed.",
        metavar="P",
    )
    auth_header: str = "X-API-Key"
    auth_param: str = "api_key"
    username: str = "sandbox"
    page_param: str = "page"
    page_size_param: str = "per_page"
    first_page: int = 1
    page_size: int = 100
    max_page_size: int = 500
    offset_param: str = "offset"
    cursor_param: str = "cursor"
    next_cursor_path: str = "meta.next_cursor"

    def __post_init__(self) -> None:
        """Raise an `OptionsError` for what cannot be served."""
        for message, holds in self._conditions().items():
            if not holds:
                raise OptionsError(message)

    def _conditions(self) -> dict[str, bool]:
        return {
            f"{each.name} must be one of {', '.join(choices)}": getattr(self, each.name) in choices
            for each in fields(self)
            if (choices := each.metadata.get("choices"))
        } | {
            f"host must be a loopback host: {', '.join(LOOPBACK_HOSTS)}": self.host
            in LOOPBACK_HOSTS,
            "candidates and seed must not be negative": self.candidates >= 0 and self.seed >= 0,
            f"port must be 0 to {HIGHEST_PORT}": 0 <= self.port <= HIGHEST_PORT,
            "live must be more than 0 seconds": self.live is None or self.live > 0,
            "link_seconds must be more than 0": self.link_seconds > 0,
            "chaos must be 0 to 1": 0 <= self.chaos <= 1,
            "now must have an offset": self.now is None or self.now.tzinfo is not None,
            "envelope must be 'list' or a dotted path such as payload.items, and not meta": all(
                self.envelope.split(".")
            )
            and self.envelope != "meta",
            "envelope 'list' has no place for the next cursor": self.envelope != "list"
            or self.pagination != "cursor",
        }

    @property
    def page_params(self) -> frozenset[str]:
        """Names of the parameters that say which page is asked for."""
        return frozenset({self.page_param, self.offset_param, self.cursor_param})

    def environment(self, url: str) -> dict[str, str]:
        """Return URL, key and settings that differ from the tap's defaults, for the environment."""
        defaults = Options().settings()
        own = {name: text for name, text in self.settings().items() if text != defaults[name]}
        settings = {"api_url": url, "api_key": self.api_key} | own
        return {f"{ENVIRONMENT_PREFIX}{name.upper()}": text for name, text in settings.items()}

    def settings(self) -> dict[str, str]:
        """Return the tap's settings that may differ from its defaults; empty is not set."""
        named = ("page_param", "page_size_param", "first_page", "offset_param", "cursor_param")
        return {
            "auth_method": self.auth,
            "auth_header": self.auth_header,
            "auth_param": self.auth_param,
            "username": self.username if self.auth == "basic" else "",
            "records_path": "" if self.envelope in ENVELOPES else self.envelope,
            "pagination": self.pagination,
            "modified_since_param": self.modified_since_param or "",
            "modified_until_param": self.modified_until_param or "",
            **{name: str(getattr(self, name)) for name in (*named, "next_cursor_path")},
        }


def environment_lines(environment: dict[str, str]) -> list[str]:
    """Return environment variables as lines of a ``.env`` file that a shell reads the same way."""
    return [f"{name}={shlex.quote(value) if value else ''}" for name, value in environment.items()]
