"""The page of the Explorer as its readers have it: in a browser, with a keyboard, on a phone."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tap_compleetpersy.explorer.page import render_page
from tap_compleetpersy.explorer.survey import RemoteField
from tests.explorer.browser import Visit, find_chromium, running, visiting
from tests.explorer.sample_fields import HOSTILE, a_field
from tests.singer import bare_environment
from tests.thinning import thinned

PERSY = Path(sys.executable).with_name("persy")
Open: t.TypeAlias = Callable[..., Visit]

PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 568}
TABLET = {"width": 820, "height": 1180}
DESKTOP = {"width": 1280, "height": 900}

DEGREE = a_field(
    key="Höchster Abschluss", label="Höchster Abschluss", examples=("Master", "Abitur")
)
NOTICE = a_field(
    key="cf_4711",
    label="Kündigungsfrist in Wochen",
    type="integer",
    filled=7,
    distinct=12,
    shortest=1,
    longest=2,
    examples=("4", "12"),
    selected=True,
    change="number → integer",
)
EMPTY = a_field(
    key="Ausweis",
    label="Ausweis",
    filled=0,
    distinct=0,
    shortest=None,
    longest=None,
    examples=(),
    selected=False,
    change="gone",
)
STATUS = a_field(
    key="Status", label="Status", model="opening", kind="DEFAULT", filled=100, distinct=5000
)
NAME = a_field(
    key="CandidateProfile.PersonalData.PersonName.GivenName",
    label="GivenName",
    kind="DEFAULT",
    filled=99,
    distinct=1000,
    longest=21,
    examples=("Zoë", "Jörg-Müslüm"),
)
FIELDS = (DEGREE, NOTICE, EMPTY, STATUS, NAME)
LONG = a_field(key="Feld" * 60, label="Bezeichnung" * 30, type="x" * 90, examples=("w" * 60,) * 3)
NOTES = ("Two fields become one column: " + "GehaltswunschBrutto" * 30,)

# The contrast of every text with what is behind it (WCAG 2, "contrast ratio"), lowest first.
CONTRASTS = """() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = numbers(color).slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (numbers(color)[3] !== 0) return color;
    }
  };
  const texts = [...document.body.querySelectorAll("*")].filter((element) =>
    element.getClientRects().length &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return texts.map((element) => {
    const pair = [getComputedStyle(element).color, behind(element)].map(luminance).sort();
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    return [ratio, `${element.tagName} ${element.textContent}`];
  }).sort((a, b) => a[0] - b[0]);
}"""

# Left and right edge of what takes any room.
BOXES = """elements => elements
  .filter((element) => element.getClientRects().length)
  .map((element) => element.getBoundingClientRect())
  .map((box) => [box.left, box.right])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        pytest.fail("no Chromium found: `make setup` installs it", pytrace=False)
    with running(executable) as browser:
        yield browser


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the page of some fields, or a page as it is given."""
    with contextlib.ExitStack() as stack:

        def show(*fields: RemoteField, html: str | None = None, **options: t.Any) -> Visit:
            page = render_page(fields, NOTES, title="Fields", masked=False)
            file = tmp_path / "fields.html"
            file.write_text(html or page, encoding="utf-8")
            return stack.enter_context(visiting(browser, file, **options))

        yield show


def keys(page: Page) -> list[str]:
    return [text for text in page.locator("tbody tr:visible .key").all_inner_texts() if text]


def count(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def heading(page: Page, name: str) -> str | None:
    return page.get_by_role("columnheader", name=name).get_attribute("aria-sort")


def choice(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def focused(page: Page) -> str:
    return t.cast(
        "str", page.evaluate("document.activeElement.name || document.activeElement.innerText")
    )


def names(*fields: RemoteField) -> list[str]:
    return [field.key for field in fields]


def test_it_loads_nothing_but_itself_and_says_nothing(show: Open, tmp_path: Path) -> None:
    visit = show(*FIELDS)
    visit.page.wait_for_load_state("networkidle")
    assert visit.requests == [(tmp_path / "fields.html").as_uri()]
    assert visit.problems == []
    assert keys(visit.page) == names(*FIELDS)
    assert count(visit.page) == "5 fields"


def test_the_page_of_the_command_shows_every_field(
    browser: Browser, config: dict[str, t.Any], tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))

    def fields(*arguments: str) -> str:
        command: list[str | Path] = [PERSY, "fields", "--config", "config.json", *arguments]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=bare_environment(),
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout

    fields("--format", "html", "--output", "fields.html")
    with visiting(browser, tmp_path / "fields.html", viewport=DESKTOP) as visit:
        shown = keys(visit.page)
        assert visit.problems == []
        assert width(visit.page) <= DESKTOP["width"]
    assert shown == [field["key"] for field in json.loads(fields("--format", "json"))]


@pytest.mark.parametrize(
    ("written", "found"),
    thinned([
        ("status", [STATUS]),
        ("WOCHEN", [NOTICE]),
        ("jorg", [NAME]),
        ("hochster abit", [DEGREE]),
        ("abit hochster", [DEGREE]),
        ("person.given", []),
        ("  ", FIELDS),
        ("integer", []),
    ], 4),
    ids=[
        "key", "label", "example without accents", "words", "in any order", "nothing",
        "only spaces", "not the type",
    ],
)  # fmt: skip
def test_search_looks_into_key_label_and_examples(
    show: Open, written: str, found: list[RemoteField]
) -> None:
    page = show(*FIELDS).page
    page.get_by_role("searchbox").fill(written)
    assert keys(page) == names(*found)
    assert count(page) == ("5 fields" if len(found) == 5 else f"{len(found)} of 5 fields")
    assert page.get_by_text("No field matches.").is_visible() == (not found)


@pytest.mark.parametrize(
    ("filters", "found"),
    thinned(
        [
            ({"Type": "integer"}, [NOTICE]),
            ({"Model": "opening"}, [STATUS]),
            ({"Kind": "DEFAULT"}, [STATUS, NAME]),
            ({"Selected": "no"}, [EMPTY]),
            ({"Change": "number → integer"}, [NOTICE]),
            ({"Kind": "CUSTOM", "Type": "string"}, [DEGREE, EMPTY]),
            ({"Model": "opening", "Kind": "CUSTOM"}, []),
        ],
        4,
    ),
    ids=lambda case: " ".join(case.values()) if isinstance(case, dict) else "",
)
def test_filters_narrow_together(
    show: Open, filters: dict[str, str], found: list[RemoteField]
) -> None:
    page = show(*FIELDS).page
    for name, value in filters.items():
        choice(page, name).select_option(value)
    assert keys(page) == names(*found)
    assert count(page) == f"{len(found)} of 5 fields"


@pytest.mark.parametrize("button", thinned(["Reset", "Show all"]))
def test_everything_can_be_shown_again(show: Open, button: str) -> None:
    page = show(*FIELDS).page
    page.get_by_role("button", name="Key").click()
    choice(page, "Kind").select_option("CUSTOM")
    page.get_by_role("searchbox").fill("nothing like this")
    page.get_by_role("button", name=button).click()
    expect(page.locator("tbody tr:visible")).to_have_count(len(FIELDS))
    assert keys(page) == names(*FIELDS)
    assert heading(page, "Key") is None
    assert page.get_by_role("searchbox").input_value() == ""
    assert choice(page, "Kind").input_value() == ""


@pytest.mark.parametrize(
    ("column", "order"),
    thinned(
        [
            ("Key", [EMPTY, NAME, NOTICE, DEGREE, STATUS]),
            ("Label", [NOTICE, DEGREE, EMPTY, STATUS, NAME]),
            ("Model", [DEGREE, NOTICE, EMPTY, NAME, STATUS]),
            ("Kind", [DEGREE, NOTICE, EMPTY, STATUS, NAME]),
            ("Type", [NOTICE, DEGREE, EMPTY, STATUS, NAME]),
            ("Filled", [EMPTY, NOTICE, DEGREE, NAME, STATUS]),
            ("Distinct", [EMPTY, DEGREE, NOTICE, NAME, STATUS]),
            ("Shortest", [NOTICE, DEGREE, STATUS, NAME, EMPTY]),
            ("Longest", [NOTICE, DEGREE, STATUS, NAME, EMPTY]),
            ("Examples", [NOTICE, DEGREE, STATUS, NAME, EMPTY]),
            ("Selected", [EMPTY, NOTICE, DEGREE, STATUS, NAME]),
            ("Change", [EMPTY, NOTICE, DEGREE, STATUS, NAME]),
        ],
        5,
    ),
)
def test_every_column_sorts_and_what_is_empty_comes_last(
    show: Open, column: str, order: list[RemoteField]
) -> None:
    page = show(*FIELDS).page
    page.get_by_role("button", name=column).click()
    assert keys(page) == names(*order)
    assert heading(page, column) == "ascending"


@pytest.mark.full
def test_a_second_click_turns_the_order_and_another_column_ends_it(show: Open) -> None:
    page = show(*FIELDS).page
    page.get_by_role("button", name="Longest").click()
    page.get_by_role("button", name="Longest").click()
    assert keys(page) == names(NAME, DEGREE, STATUS, NOTICE, EMPTY)
    assert heading(page, "Longest") == "descending"
    page.get_by_role("button", name="Filled").click()
    assert [heading(page, name) for name in ("Longest", "Filled")] == [None, "ascending"]


@pytest.mark.full
def test_a_search_keeps_the_order(show: Open) -> None:
    page = show(*FIELDS).page
    page.get_by_role("button", name="Filled").click()
    choice(page, "Kind").select_option("CUSTOM")
    assert keys(page) == names(EMPTY, NOTICE, DEGREE)


def test_a_slash_goes_to_the_search_and_is_a_letter_there(show: Open) -> None:
    page = show(*FIELDS).page
    page.keyboard.press("/")
    assert focused(page) == "search"
    page.keyboard.type("a/b")
    assert page.get_by_role("searchbox").input_value() == "a/b"


def test_enter_in_the_search_stays_on_the_page(show: Open) -> None:
    visit = show(*FIELDS)
    visit.page.get_by_role("searchbox").fill("status")
    visit.page.keyboard.press("Enter")
    assert keys(visit.page) == ["Status"]
    assert (len(visit.requests), visit.problems) == (1, [])


def test_tab_reaches_every_control_and_shows_where_it_is(show: Open) -> None:
    page = show(*FIELDS).page
    page.get_by_text("Notes").focus()
    reached = []
    for _ in range(19):
        page.keyboard.press("Tab")
        reached.append(focused(page))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", reached
    assert reached == [
        "search", "model", "kind", "type", "selected", "change", "Reset",
        "Key", "Label", "Model", "Kind", "Type", "Filled", "Distinct", "Shortest", "Longest",
        "Examples", "Selected", "Change",
    ]  # fmt: skip


@pytest.mark.parametrize("key", thinned(["Enter", "Space"]))
def test_a_key_on_a_heading_sorts(show: Open, key: str) -> None:
    page = show(*FIELDS).page
    page.get_by_role("button", name="Distinct").focus()
    page.keyboard.press(key)
    assert keys(page) == names(EMPTY, DEGREE, NOTICE, NAME, STATUS)
    assert focused(page) == "Distinct"


def test_hostile_values_stay_text(show: Open) -> None:
    fields = [
        a_field(key=value, label=f"{value} ", type=value, examples=(value,), change=value)
        for value in HOSTILE
    ]
    visit = show(*fields)
    page = visit.page
    for number, value in enumerate(HOSTILE):
        for column in ("key", "type", "change"):
            assert page.locator(f"tbody .{column}").nth(number).text_content() == value
        assert page.locator(".examples li").nth(number).text_content() == value
    choice(page, "Type").select_option(HOSTILE[0])
    assert keys(page) == [HOSTILE[0]]
    page.get_by_role("button", name="Key").click()
    page.get_by_role("searchbox").fill("<script>")
    assert page.evaluate("window.harmed") is None
    assert page.locator("script, style").count() == 2
    assert page.locator("img, iframe, a, [onerror], [onload], [onfocus], [style]").count() == 0
    assert (len(visit.requests), visit.problems) == (1, [])


@pytest.mark.parametrize("value", thinned(HOSTILE, 5))
def test_even_a_value_that_was_not_escaped_could_not_run(show: Open, value: str) -> None:
    page = render_page([a_field(key="KEY")], title="Fields", masked=True)
    assert page.count("KEY") == 1
    visit = show(html=page.replace("KEY", value))
    assert visit.page.evaluate("window.harmed") is None
    assert visit.answers == visit.requests[:1]


def width(page: Page) -> int:
    return t.cast("int", page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize(
    "viewport",
    thinned([SMALLEST, PHONE, TABLET, DESKTOP]),
    ids=["smallest", "phone", "tablet", "desktop"],
)
def test_nothing_stands_out_to_the_right(show: Open, viewport: dict[str, int]) -> None:
    page = show(*FIELDS, LONG, viewport=viewport).page
    assert width(page) <= viewport["width"]
    shown = page.locator("tbody bdi, .count, select, input, form button")
    boxes = shown.evaluate_all(BOXES)
    assert len(boxes) > len(FIELDS)
    assert all(0 <= left <= right <= viewport["width"] for left, right in boxes)


def test_on_a_phone_each_row_is_a_card_with_named_values(show: Open) -> None:
    page = show(*FIELDS, viewport=PHONE).page
    cards = [card.bounding_box() for card in page.locator("tbody tr").all()]
    assert all(card is not None and card["height"] > 150 for card in cards)
    filled = page.locator("tbody .filled").first
    heading = filled.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert heading == '"Filled"'
    page.get_by_role("button", name="Longest").click()
    assert keys(page)[0] == NOTICE.key


@pytest.mark.full
def test_the_cards_are_still_a_table_to_those_who_hear_them(show: Open) -> None:
    page = show(*FIELDS, viewport=PHONE).page
    assert page.get_by_role("table").count() == 1
    assert page.get_by_role("columnheader").count() == 12
    assert page.get_by_role("rowheader").count() == 5


@pytest.mark.full
def test_headings_stay_in_sight(show: Open) -> None:
    page = show(*[a_field(key=f"Feld {number}") for number in range(100)], viewport=DESKTOP).page
    page.get_by_text("Feld 80", exact=True).scroll_into_view_if_needed()
    box = page.get_by_role("button", name="Key").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 10


@pytest.mark.parametrize("viewport", thinned([PHONE, DESKTOP]), ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(show: Open, scheme: str, viewport: dict[str, int]) -> None:
    page = show(*FIELDS, color_scheme=scheme, viewport=viewport).page
    page.get_by_role("button", name="Key").click()
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 50
    assert contrasts[0][0] >= 4.5, contrasts[0]


def test_the_dark_scheme_is_dark(show: Open) -> None:
    backgrounds = [
        show(*FIELDS, color_scheme=scheme).page.evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    ]
    assert backgrounds == ["rgb(245, 246, 248)", "rgb(15, 19, 24)"]


@pytest.mark.full
def test_without_script_it_is_a_plain_table(show: Open) -> None:
    page = show(*FIELDS, java_script_enabled=False).page
    assert keys(page) == names(*FIELDS)
    assert page.get_by_role("status").inner_text() == "5 fields"
    assert page.locator("form").is_hidden()
    assert page.get_by_role("button", name="Key").is_disabled()


@pytest.mark.full
def test_without_fields_it_says_so(show: Open) -> None:
    visit = show()
    assert visit.page.get_by_text("No field was found.").is_visible()
    assert visit.page.get_by_text("No field matches.").is_hidden()
    assert visit.page.locator("form").is_hidden()
    assert visit.problems == []
