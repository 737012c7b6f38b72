// Draws the table: headings with marks and sizes, cells with counts, tinted by share of the row.

import { countImages, number } from "../browser/counts.js";
import { drawSymbol } from "../gallery/icons.js";
import { make } from "../scatter/element.js";

// More names than these stand upright, so that the columns can be narrow.
const MOST_LYING = 8;

export function drawTable(table) {
  const { rows, columns, counts, row_title: rowTitle, column_title: columnTitle } = table;
  const sizes = columns.map((_, column) => sum(counts.map((line) => line[column])));
  const tops = columns.map((one, column) => drawHeading(one, sizes[column], [-1, column]));
  const head = make("tr", "", {}, drawCorner(rowTitle, columnTitle), ...tops);
  const lines = rows.map((_, row) => drawLine(table, row, sizes));
  const about = {
    role: "grid",
    "aria-label": `${rowTitle} by ${columnTitle}`,
    "aria-describedby": "caption",
  };
  const kind = columns.length > MOST_LYING ? "upright" : "";
  const parts = [make("thead", "", {}, head), make("tbody", "", {}, ...lines)];
  return make("table", kind, about, ...parts);
}

function drawCorner(rowTitle, columnTitle) {
  const titles = [
    make("span", "column-title", {}, `${columnTitle} →`),
    make("span", "row-title", {}, `${rowTitle} ↓`),
  ];
  return make("td", "corner", {}, ...titles);
}

function drawLine({ rows, columns, counts, n_matched: matched }, row, sizes) {
  const size = sum(counts[row]);
  const cells = columns.map((heading, column) =>
    drawCell(counts[row][column], [row, column], [
      { name: rows[row].name, size },
      { name: heading.name, size: sizes[column] },
    ], row === column && row < matched),
  );
  return make("tr", "", {}, drawHeading(rows[row], size, [row, -1]), ...cells);
}

function drawHeading({ name, color, symbol, muted }, size, [row, column]) {
  const images = countImages(size);
  const about = {
    scope: row < 0 ? "col" : "row",
    title: `${name}\n${images}`,
    "aria-label": `${name}, ${images}`,
    ...placed(row, column, size),
  };
  const mark = color ? [drawSymbol(symbol, color)] : [];
  const words = [make("span", muted ? "name muted" : "name", {}, name), make("span", "size", {}, number(size))];
  return make("th", "", about, make("span", "heading", {}, ...mark, ...words));
}

function drawCell(count, [row, column], [ofRow, ofColumn], isMatched) {
  const shares = [ofRow, ofColumn].map(({ name, size }) => `${percent(count, size)} of ${name}`);
  const images = countImages(count);
  const nothing = `none of ${ofRow.name} in ${ofColumn.name}`;
  const said = count ? `${images}: ${shares.join(", ")}` : nothing;
  const about = { "aria-label": said, ...placed(row, column, count) };
  if (!count) return make("td", "empty", about);
  about.title = `${images}\n${shares.join("\n")}`;
  about.style = `--share: ${count / ofRow.size}`;
  return make("td", isMatched ? "matched" : "", about, number(count));
}

/** What is empty can be walked over, but not chosen. */
function placed(row, column, count) {
  const about = { "data-row": row, "data-column": column, tabindex: -1 };
  return count ? about : { ...about, "aria-disabled": "true" };
}

function percent(part, whole) {
  const value = (100 * part) / whole;
  if (value < 1) return "< 1 %";
  return value > 99 && part < whole ? "> 99 %" : `${Math.round(value)} %`;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
