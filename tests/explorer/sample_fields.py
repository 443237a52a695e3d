"""Fields for the tests of the page."""

from __future__ import annotations

import dataclasses
import typing as t

from tap_compleetpersy.explorer.survey import RemoteField

PLAIN = RemoteField(
    key="Abschluss",
    label="Abschluss",
    model="candidates",
    kind="CUSTOM",
    type="string",
    filled=50,
    records=100,
    distinct=6,
    shortest=6,
    longest=14,
    examples=("Master", "Abitur"),
)


def a_field(**facts: t.Any) -> RemoteField:
    """Return a field that differs from a plain one in some facts."""
    return dataclasses.replace(PLAIN, **facts)


HOSTILE = (
    "<script>window.harmed = 1</script>",
    '"><img src=x onerror="window.harmed = 1">',
    "'><svg onload=window.harmed=1>",
    "</style><style>* { display: none }</style>",
    "</script><script>window.harmed = 1</script>",
    "</title></table></textarea><!--",
    "]]><![CDATA[ --> &lt;b&gt; &amp;lt; &#60;b&#62;",
    "javascript:window.harmed=1",
    '" autofocus onfocus="window.harmed = 1',
    "${window.harmed = 1} $title {{7*7}}",
)
"""Values that would do or break something if they were not text."""
