"""Random faults: the same seed and number of a request give the same fault."""

from __future__ import annotations

from tap_compleetpersy.sandbox.draw import Draw
from tap_compleetpersy.sandbox.faults import Fault

FAULTS = (
    *(Fault("status", status=status, retry_after="0") for status in (500, 502, 503, 429)),
    Fault("reset"),
    Fault("truncate"),
    Fault("wrong_length"),
    Fault("html"),
    Fault("error_body"),
    Fault("delay", seconds=0.005),
)


def chaos(probability: float, seed: int, number: int) -> Fault | None:
    """Tell what goes wrong with a request.

    Args:
        probability: 0 to 1, of anything going wrong.
        seed: The sandbox's.
        number: Of the request, counted by the server.
    """
    draw = Draw(f"{seed}:chaos:{number}")
    return draw.pick(FAULTS) if draw.chance(probability) else None
