"use strict";

// Orders and hides rows that are there already: no part of the page is made from data here.

const form = document.querySelector("form");
const search = form.elements.namedItem("search");
const selects = [...form.querySelectorAll("select")];
const headings = [...document.querySelectorAll("thead th")];
const body = document.querySelector("tbody");
const count = document.querySelector(".count");
const noMatch = document.querySelector(".no-match");
const rows = [...body.rows];
const format = new Intl.NumberFormat("en").format;
const collator = new Intl.Collator("de", { numeric: true });

// Without accents and case: "hochster" finds "Höchster".
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const textOf = (row, heading) => row.cells[headings.indexOf(heading)].textContent;
const headingOf = (name) => headings.find((heading) => heading.classList.contains(name));

const searched = headings.filter((heading) => "searched" in heading.dataset);
const haystacks = new Map(
  rows.map((row) => [row, fold(searched.map((heading) => textOf(row, heading)).join("\n"))]),
);

function filter() {
  const words = fold(search.value).split(/\s+/u);
  const chosen = selects.filter((select) => select.value !== "");
  for (const row of rows) {
    const found = words.every((word) => haystacks.get(row).includes(word));
    row.hidden = !(
      found && chosen.every((select) => textOf(row, headingOf(select.name)) === select.value)
    );
  }
  const shown = rows.filter((row) => !row.hidden).length;
  const all = `${format(rows.length)} ${rows.length === 1 ? "field" : "fields"}`;
  count.textContent = shown === rows.length ? all : `${format(shown)} of ${all}`;
  noMatch.hidden = shown > 0 || rows.length === 0;
}

// Cells without a value come last in either direction, equal ones stay in the order of the survey.
function sort(heading) {
  const descending = heading.ariaSort === "ascending";
  const index = headings.indexOf(heading);
  const numeric = "numeric" in heading.dataset;
  const keyed = rows.map((row) => {
    const text = numeric ? row.cells[index].dataset.sort : row.cells[index].textContent;
    return { row, text, number: Number(text) };
  });
  keyed.sort((a, b) => {
    if (a.text === "" || b.text === "") return (a.text === "") - (b.text === "");
    const order = numeric ? a.number - b.number : collator.compare(a.text, b.text);
    return descending ? -order : order;
  });
  for (const other of headings) other.ariaSort = null;
  heading.ariaSort = descending ? "descending" : "ascending";
  body.append(...keyed.map(({ row }) => row));
}

function restore() {
  for (const heading of headings) heading.ariaSort = null;
  body.append(...rows);
  filter();
  search.focus();
}

for (const heading of headings) {
  const button = heading.querySelector("button");
  button.disabled = false;
  button.addEventListener("click", () => sort(heading));
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(restore)); // the values change after this event
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, select, textarea");
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
  search.select();
});
form.hidden = rows.length === 0;
filter();
