"""How the local Persy behaves: one frozen value, whose defaults are ``docs/wire.md``'s."""

from __future__ import annotations

import shlex
import typing as t
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that can be chosen when a local Persy starts.

    Attributes:
        candidates: How many people exist at the start.
        seed: Non-negative; another seed gives other people.
        host: A loopback host.
        port: 0 takes a free one.
        api_key: The only key that is let in.
        shape: The wire shape of a candidate.
        auth: Where the key is expected.
        auth_header: Its header, with ``auth="header"``.
        auth_param: Its query parameter, with ``auth="query"``.
        username: The user that belongs to the key, with ``auth="basic"``.
        pagination: How pages are asked for.
        page_param: And the other parameter names, as in the tap's settings.
        max_page_size: Larger pages are cut to this size, as servers do.
        modified_since_param: Lower bound of the update time, inclusive; None offers no filter.
        modified_until_param: Upper bound, exclusive; None offers none.
        envelope: ``list``, or the dotted path of the key that holds the records.
        order: Of the list; ``random`` is fixed by the seed.
        encoding: Of the records' bodies; ``Content-Type`` says so when it is not UTF-8.
        total: Whether an answer tells how many records the whole list has.
        admin: Whether ``/__admin`` answers, on loopback only.
        live: Seconds between two changes that happen by themselves; None is never.
        now: The tenant's present, aware; nobody is younger, and the clock stands still there.
            None is the current time, and the clock runs.
        latency_ms: Added to each answer.
        attachment_links: Where ``Url`` of an attachment leads: ``relative`` to the API's base URL,
            ``absolute`` on its host, ``foreign`` (another port, without the key, until the link
            expires), or ``mixed``: one after the other.
        link_seconds: How long a foreign link lives, by the sandbox's clock.
        chaos: 0 to 1; with this probability something random goes wrong with a request,
            fixed by the seed and how many requests came before.
    """

    candidates: int = 250
    seed: int = 1
    host: str = "127.0.0.1"
    port: int = 0
    api_key: str = field(default="sandbox-key", repr=False)
    shape: str = "hrxml"
    auth: str = "bearer"
    auth_header: str = "X-API-Key"
    auth_param: str = "api_key"
    username: str = "sandbox"
    pagination: str = "page"
    page_param: str = "page"
    page_size_param: str = "per_page"
    first_page: int = 1
    page_size: int = 100
    max_page_size: int = 500
    offset_param: str = "offset"
    cursor_param: str = "cursor"
    next_cursor_path: str = "meta.next_cursor"
    modified_since_param: str | None = "modified_since"
    modified_until_param: str | None = None
    envelope: str = "data"
    order: str = "id"
    encoding: str = "utf-8"
    total: bool = True
    admin: bool = False
    live: float | None = None
    now: datetime | None = None
    latency_ms: float = 0
    attachment_links: str = "relative"
    link_seconds: float = 300
    chaos: float = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be served.

        Raises:
            OptionsError: With one line that names the option.
        """
        choices = {
            "shape": SHAPES,
            "auth": AUTHENTICATIONS,
            "pagination": PAGINATIONS,
            "order": ORDERS,
            "encoding": ENCODINGS,
            "attachment_links": ATTACHMENT_LINKS,
        }
        for name, possible in choices.items():
            if getattr(self, name) not in possible:
                message = f"{name} must be one of {', '.join(possible)}"
                raise OptionsError(message)
        for holds, message in self._conditions():
            if not holds:
                raise OptionsError(message)

    def _conditions(self) -> tuple[tuple[bool, str], ...]:
        return (
            (
                self.host in LOOPBACK_HOSTS,
                f"host must be a loopback host: {', '.join(LOOPBACK_HOSTS)}",
            ),
            (
                self.candidates >= 0 and self.seed >= 0,
                "candidates and seed must not be negative",
            ),
            (0 <= self.port <= HIGHEST_PORT, f"port must be 0 to {HIGHEST_PORT}"),
            (self.live is None or self.live > 0, "live must be more than 0 seconds"),
            (self.link_seconds > 0, "link_seconds must be more than 0"),
            (0 <= self.chaos <= 1, "chaos must be 0 to 1"),
            (self.now is None or self.now.tzinfo is not None, "now must have an offset"),
            (
                all(self.envelope.split(".")) and self.envelope != "meta",
                "envelope must be 'list' or a dotted path such as payload.items, and not meta",
            ),
            (
                self.envelope != "list" or self.pagination != "cursor",
                "envelope 'list' has no place for the next cursor",
            ),
        )

    @property
    def page_params(self) -> frozenset[str]:
        """Names of the parameters that say which page is asked for."""
        return frozenset({self.page_param, self.offset_param, self.cursor_param})

    @property
    def has_foreign_links(self) -> bool:
        """Whether some attachments are on a second port."""
        return self.attachment_links in {"foreign", "mixed"}

    def environment(self, url: str) -> dict[str, str]:
        """Return the tap's settings that fit this server, as environment variables.

        Args:
            url: Base URL that the server answers at.

        Returns:
            Name to value: the URL, the key, and whatever differs from the tap's defaults.
        """
        defaults = Options()
        own = {
            "AUTH_METHOD": (self.auth, defaults.auth),
            "AUTH_HEADER": (self.auth_header, defaults.auth_header),
            "AUTH_PARAM": (self.auth_param, defaults.auth_param),
            "USERNAME": (self.username if self.auth == "basic" else "", ""),
            "RECORDS_PATH": ("" if self.envelope in ENVELOPES else self.envelope, ""),
            "PAGINATION": (self.pagination, defaults.pagination),
            "MODIFIED_SINCE_PARAM": (
                self.modified_since_param or "",
                defaults.modified_since_param,
            ),
            "MODIFIED_UNTIL_PARAM": (self.modified_until_param or "", ""),
        } | {
            name.upper(): (str(getattr(self, name)), str(getattr(defaults, name)))
            for name in (
                "page_param",
                "page_size_param",
                "first_page",
                "offset_param",
                "cursor_param",
                "next_cursor_path",
            )
        }
        settings = {"API_URL": url, "API_KEY": self.api_key}
        settings |= {name: value for name, (value, default) in own.items() if value != default}
        return {f"{ENVIRONMENT_PREFIX}{name}": value for name, value in settings.items()}


def environment_lines(environment: dict[str, str]) -> list[str]:
    """Return environment variables as lines of a ``.env`` file that a shell reads the same way."""
    return [f"{name}={shlex.quote(value) if value else ''}" for name, value in environment.items()]
