// The legend beside the points, or below them where these gain much by it: its place and texts.

import { number } from "../browser/counts.js";

// Left of the points lies the toolbar.
const LEFT_PX = 48;
const SIDE = { least: 200, most: 340, step: 20 };
// Beside a text lie its mark and the scroll bar; Plotly would take more.
const MARK_PX = 42;
const NEARER = { x: 1, indentation: -10 };
// Beside the points it shows more of its lines, and more of each: that is worth a smaller map.
const WORTH = 0.9;
const BELOW = { height: 116, room: 150 };
const FONT_PX = 12;

/** Where it stands in a plot: `margin` and `legend` for Plotly's layout, `room` for a text. */
export function placeLegend({ offsetWidth: width, offsetHeight: height }) {
  if (isNarrow(width, height)) {
    const { height: below, room } = BELOW;
    // More than fits there is scrolled to.
    const legend = { orientation: "h", x: 0, y: -0.01, yanchor: "top", maxheight: below - 8 };
    return { narrow: true, margin: { l: LEFT_PX, r: 0, b: below }, legend, room };
  }
  const side = sideFor(width - LEFT_PX - height);
  const margin = { l: LEFT_PX, r: side, b: 0 };
  return { narrow: false, margin, legend: { y: 1, ...NEARER }, room: side - MARK_PX };
}

/** Whether a square map becomes much larger above its legend than beside it. */
function isNarrow(width, height) {
  const room = width - LEFT_PX;
  const above = Math.min(room, height - BELOW.height);
  return Math.min(room - SIDE.least, height) < WORTH * above;
}

/** What a square map leaves; never by what is written, or another legend would move the points. */
function sideFor(left) {
  const { least, most, step } = SIDE;
  return Math.min(Math.max(step * Math.floor(left / step), least), most);
}

/** The fonts of its texts and its title. */
export function legendFonts({ text, font }) {
  const written = { color: text, family: font };
  return { title: { ...written, size: 13 }, font: { ...written, size: FONT_PX } };
}

/** A name, cut where it must be, and how many there are. */
export function legendText(name, count, room, family) {
  const after = ` (${number(count)})`;
  const width = widths(family);
  const left = room - width(after);
  if (width(name) <= left) return escapeTags(name) + after;
  const letters = Array.from(name);
  let kept = Math.min(letters.length - 1, Math.ceil(left));
  while (kept > 1 && width(`${letters.slice(0, kept).join("")}…`) > left) kept--;
  return `${escapeTags(letters.slice(0, kept).join(""))}…${after}`;
}

let pen;

function widths(family) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${FONT_PX}px ${family}`;
  return (text) => pen.measureText(text).width;
}

/** Plotly takes tags in its texts for markup. */
export function escapeTags(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
