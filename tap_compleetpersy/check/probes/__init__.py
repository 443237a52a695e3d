"""What is asked: each step adds to the evidence what one question brought.

A step does nothing where earlier ones left nothing to ask. The settings that a step
finds to work are those that the next one asks with.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import replace

from tap_compleetpersy.check.asking import Asker, Budget, NoRequestLeft
from tap_compleetpersy.check.evidence import Evidence
from tap_compleetpersy.check.probes.access import find_list, read_records
from tap_compleetpersy.check.probes.attachments import ask_attachments
from tap_compleetpersy.check.probes.other_paging import find_other_paging
from tap_compleetpersy.check.probes.pages import (
    ask_second_page,
    ask_start,
    find_page_size,
    find_start,
)
from tap_compleetpersy.check.probes.updates import (
    ask_since_middle,
    ask_since_newest,
    ask_until,
    find_date_format,
    find_filter,
)

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import Settings

Step = Callable[[Asker, Evidence], Evidence]

STEPS: t.Final[tuple[Step, ...]] = (
    find_list,
    read_records,
    ask_start,
    find_page_size,
    find_start,
    ask_second_page,
    find_other_paging,
    ask_since_middle,
    find_date_format,
    find_filter,
    ask_since_newest,
    ask_until,
    ask_attachments,
)


def gather(settings: Settings) -> Evidence:
    """Ask the server, within the budget.

    Raises:
        SettingsError: When there is no key.
    """
    budget = Budget(0, settings.requests_per_second)
    ask = Asker(budget)
    evidence = Evidence(settings, settings)
    for step in STEPS:
        try:
            evidence = step(ask, evidence)
        except NoRequestLeft:
            evidence = replace(evidence, exhausted=True)
    return replace(evidence, requests=budget.requests_made)
