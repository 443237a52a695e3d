"""An application as JSON at once: the same as its record, encoded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.candidate import Opening
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.settings.checks import OUTCOMES
from tap_compleetpersy.sync.output import encode_line
from tap_compleetpersy.sync.plan import make_plan
from tap_compleetpersy.sync.reading import Doors, compile_shape
from tap_compleetpersy.sync.records import Shape

NOW = 1_790_000_000_123
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
OPENINGS = st.builds(
    Opening,
    remote_id=IDS,
    name=st.none() | st.text(),
    outcome=st.none() | st.sampled_from(OUTCOMES),
    created_at=st.none() | st.integers(-(10**13), 10**14),
    raw=st.just({}),
    status=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
)


def shape_of(**config: object) -> Shape:
    settings = read_settings(config)
    return compile_shape(settings, make_plan(settings, {}, NOW, ()), {}, Doors(None, None))


SHAPE = shape_of(account='Müller "&" Söhne')


@given(IDS | st.sampled_from(['"', "\\", "%", "\x7f", "a/b", "\U0001f600"]), OPENINGS)
def test_a_row_is_the_record(candidate_id: str, opening: Opening) -> None:
    record = SHAPE.application(candidate_id, opening)
    assert SHAPE.application_row(candidate_id, opening) == encode_line(record)
