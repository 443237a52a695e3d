"""What the tap can know: the exact bounds of what may be demanded of it.

Three things cannot be known, and the design says so. A delta does not see what comes
late, beyond `lookback_seconds`, until a complete pass. Expired people leave the ledger,
and their deletions are not seen. What a killed run wrote, after the last STATE that was
kept, nobody remembers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.proof.remote import DAY, Moment, Person
from tests.proof.rows import Scope

Age = Moment | None


@dataclass
class Knowledge:
    """What one stream can know of each person.

    Attributes:
        late: Whose present version only a complete pass is sure to see.
        fresh: Who changed since the stream's last run.
        ages: Update times that the ledger may have.
        openings: What each was ever seen to carry.
    """

    late: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    ages: dict[str, set[Age]] = field(default_factory=dict)
    openings: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def change(self, number: str, *, is_late: bool) -> None:
        """Take note of a new version."""
        self.fresh.add(number)
        if is_late:
            self.late.add(number)
        else:
            self.late.discard(number)

    def lapse(self, lower: Moment | None) -> list[str]:
        """Forget who is out of scope, by the day, as a ledger does; answer who that is."""
        if lower is None:
            return []
        lapsed = [
            number
            for number, ages in self.ages.items()
            if any(age is None or age // DAY * DAY < lower for age in ages)
        ]
        for number in lapsed:
            del self.ages[number]
        return lapsed

    def see(self, served: Mapping[str, Sequence[Person]], scope: Scope, *, is_kept: bool) -> None:
        """Take note of what a run was shown.

        Args:
            served: Versions of each person.
            scope: Of the run.
            is_kept: Whether the STATE at its end was; else the ledger may be an older one.
        """
        for number, versions in served.items():
            allowed = [version for version in versions if scope.allows(version)]
            ages = {version.updated for version in allowed}
            if ages:
                self.ages[number] = ages if is_kept else ages | self.ages.get(number, set())
            for version in allowed:
                self.openings[number].update(version.openings)

    def rows_of(self, stream: str, numbers: Iterable[str], rows: Iterable[str]) -> set[str]:
        """Select the rows of a stream that follow from some people, by remote id."""
        people = set(numbers)
        carried = set().union(*(self.openings.get(number, set()) for number in people))
        return {
            row
            for row in rows
            if (row in carried if stream == "jobs" else row.split("/")[0] in people)
        }
