// The legend of a saved map: all of it, however long; the page's own is scrolled.

import { FONT } from "../browser/save_frame.js";
import { drawSymbol } from "../gallery/icons.js";
import { makeSvg } from "./element.js";
import { SCALE } from "./traces.js";

const LINE_PX = 20;
const FONT_PX = 12;
const TEXT_AT = 22;
const BAR = { width: 12, height: 160 };
const LONGEST = 40;

/** `{ parts, width, height }` from the upper left corner. */
export function drawLegend(figure, theme) {
  const { coloring, hidden } = figure;
  const lines = coloring.looks
    .map((look, group) => ({ ...look, group, count: countOf(coloring, group) }))
    .filter(({ group, count }) => count && !hidden.has(group) && !(coloring.values && !group));
  const title = write(coloring.title, 0, FONT_PX, theme, { "font-weight": 600 });
  const bar = coloring.values ? drawBar(coloring, theme) : { parts: [], height: 0 };
  const top = LINE_PX + bar.height;
  const texts = lines.map(({ name, count }) => `${cut(name)} (${count.toLocaleString("en")})`);
  const drawn = lines.flatMap((look, place) => drawLine(look, texts[place], top + LINE_PX * place, theme));
  const width = TEXT_AT + Math.max(...[coloring.title, ...texts].map(widthOf), 40);
  return { parts: [title, ...bar.parts, ...drawn], width, height: top + LINE_PX * lines.length };
}

function countOf({ groups }, group) {
  return groups.reduce((count, one) => count + (one === group), 0);
}

function drawLine({ symbol, color }, text, top, theme) {
  const mark = drawSymbol(symbol, color);
  for (const name of ["class", "aria-hidden"]) mark.removeAttribute(name);
  for (const [name, value] of Object.entries({ x: 2, y: top + 4, width: 12, height: 12 })) {
    mark.setAttribute(name, value);
  }
  return [mark, write(text, TEXT_AT, top + FONT_PX + 2, theme)];
}

function drawBar({ range: [low, high] }, theme) {
  const stops = SCALE.map((color, place) => {
    const offset = 1 - place / (SCALE.length - 1);
    return makeSvg("stop", "", { offset, "stop-color": color });
  }).reverse();
  const id = "groupsight-scale";
  const fill = makeSvg("linearGradient", "", { id, x1: 0, y1: 0, x2: 0, y2: 1 }, ...stops);
  const bar = makeSvg("rect", "", { x: 2, y: LINE_PX, ...BAR, fill: `url(#${id})` });
  const bottom = LINE_PX + BAR.height;
  const ends = [
    write(number(high), TEXT_AT, LINE_PX + FONT_PX - 2, theme),
    write(number(low), TEXT_AT, bottom, theme),
  ];
  return { parts: [fill, bar, ...ends], height: BAR.height + 12 };
}

function write(text, x, y, { text: fill }, more = {}) {
  return makeSvg("text", "", { x, y, fill, "font-size": FONT_PX, ...more }, text);
}

function number(value) {
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

function cut(name) {
  const letters = Array.from(name);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : name;
}

let pen;

function widthOf(text) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `600 ${FONT_PX}px ${FONT}`;
  return pen.measureText(text).width;
}
