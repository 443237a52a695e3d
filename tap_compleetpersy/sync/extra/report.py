"""What an extra stream left out or did not understand, counted and told once."""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tap_compleetpersy.sync.report import REFRESH

logger = logging.getLogger("tap-compleetpersy")

_FIELDS_SHOWN = 20


@dataclass
class ExtraReport:
    """Counts of one run of one stream. Names of fields only, never a value.

    Attributes:
        stream: Its name.
        no_objects: Records that are no objects.
        keyless: Records without a value for a key.
        undated: Records without a value for the replication key.
        shadowed: Records whose own field has the name of the candidate's id.
        misfits: Values that do not fit the type in the catalog, by field.
        unknown: Values of fields that the catalog does not know, by field.
        asked: Candidates whose records were asked for.
        absent: Those of them whose endpoint is not there.
        unasked: Records of the list of candidates without an id that a path can hold.
    """

    stream: str
    no_objects: int = 0
    keyless: int = 0
    undated: int = 0
    shadowed: int = 0
    misfits: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    absent: int = 0
    unasked: int = 0

    def drift(self, findings: Iterable[tuple[str, str]]) -> None:
        """Count what typing a record found."""
        for kind, key in findings:
            (self.misfits if kind == "misfit" else self.unknown)[key] += 1

    def lines(self, *, allowlist: bool) -> Iterator[str]:
        """Say what was found, a line for each thing that somebody can act on.

        Args:
            allowlist: Some field is deselected, hence unknown ones were not emitted.
        """
        if self.no_objects:
            yield f"{self.no_objects} records are no objects and were left out"
        if self.keyless:
            yield (
                f"{self.keyless} records without their key were left out. See primary_keys, "
                "whose names are exact"
            )
        if self.undated:
            yield (
                f"{self.undated} records have no value for replication_key; they were emitted, "
                "and are in every run"
            )
        if self.shadowed:
            yield (
                f"{self.shadowed} records have a field of their own where the id of the "
                f"candidate stands; it was left out. {REFRESH}"
            )
        yield from self._drift_lines(allowlist=allowlist)
        if self.absent:
            yield (
                f"there is nothing (status 404 or 410) for {self.absent} of {self.asked} candidates"
            )
        if self.unasked:
            yield (
                f"{self.unasked} records in the list of candidates have no id that a path can "
                "hold; nothing was asked for them. See the setting field_paths"
            )

    def _drift_lines(self, *, allowlist: bool) -> Iterator[str]:
        for key, count in itertools.islice(sorted(self.misfits.items()), _FIELDS_SHOWN):
            yield (
                f"field {key!r}: {count} values do not fit the type in the catalog and were "
                f"left null. {REFRESH}"
            )
        if self.unknown and allowlist:
            yield (
                f"{len(self.unknown)} new fields were left out, because others are "
                f"deselected. {REFRESH}"
            )
        else:
            for key, count in itertools.islice(sorted(self.unknown.items()), _FIELDS_SHOWN):
                yield (
                    f"field {key!r} is not in the catalog; its {count} values were emitted "
                    f"untyped. {REFRESH}"
                )
        hidden = max(len(self.misfits) - _FIELDS_SHOWN, 0)
        if not allowlist:
            hidden += max(len(self.unknown) - _FIELDS_SHOWN, 0)
        if hidden:
            yield f"the same of {hidden} other fields"

    def log(self, *, allowlist: bool) -> None:
        """Log the lines as warnings; argument as of `lines`."""
        for line in self.lines(allowlist=allowlist):
            logger.warning("%s: %s", self.stream, line)
