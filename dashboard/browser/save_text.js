// The texts of a part of the page as SVG, line by line where they stand, cut where they are cut.

import { makeSvg } from "../scatter/element.js";
import { readColor } from "./save_colors.js";

let pen;

/** A text node as SVG. */
export function drawText(node, { x, y }) {
  const parent = node.parentElement;
  const style = getComputedStyle(parent);
  if (!node.data.trim() || style.visibility !== "visible") return [];
  const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return linesOf(node).map(({ text, rect }) => {
    const line = { left: rect.left - x, top: rect.top - y, right: rect.right - x, bottom: rect.bottom - y };
    const shown = isUpright(style) ? text : cutToFit(text, roomFor(parent, rect), font);
    return drawLine(shown, line, style, font);
  });
}

/** The lines into which the page has broken a text. */
function linesOf(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const rects = Array.from(range.getClientRects()).filter(({ width, height }) => width && height);
  if (rects.length < 2) return rects.map((rect) => ({ text: node.data.trim(), rect }));
  const lines = rects.map((rect) => ({ text: "", rect }));
  Array.from(node.data).reduce((start, letter) => {
    range.setStart(node, start);
    range.setEnd(node, start + letter.length);
    const { top } = range.getBoundingClientRect();
    const line = lines.find(({ rect }) => Math.abs(rect.top - top) < rect.height / 2);
    if (line) line.text += letter;
    return start + letter.length;
  }, 0);
  return lines.filter(({ text }) => text.trim());
}

function drawLine(text, { left, top, right, bottom }, style, font) {
  const { hex, alpha } = readColor(style.color);
  const about = {
    fill: hex,
    "fill-opacity": alpha,
    "font-size": style.fontSize,
    "font-weight": style.fontWeight,
    // Whatever font there is where it is looked at: it keeps its place.
    textLength: Math.round(100 * widthOf(text, font)) / 100,
    lengthAdjust: "spacingAndGlyphs",
  };
  const ascent = ascentOf(font);
  const place = isUpright(style)
    ? { transform: `translate(${left + ascent} ${bottom}) rotate(-90)` }
    : { x: left, y: top + ascent };
  return makeSvg("text", "", { ...place, ...about }, text);
}

function isUpright(style) {
  return style.writingMode.startsWith("vertical");
}

/** Pixels up to where the nearest element around it cuts a text off. */
function roomFor(element, rect) {
  for (let around = element; around; around = around.parentElement) {
    const { overflowX, textOverflow } = getComputedStyle(around);
    if (overflowX !== "visible" && textOverflow === "ellipsis") {
      return around.getBoundingClientRect().right - rect.left;
    }
  }
  return Infinity;
}

function cutToFit(text, room, font) {
  if (widthOf(text, font) <= room + 1) return text;
  const letters = Array.from(text);
  while (letters.length && widthOf(`${letters.join("")}…`, font) > room) letters.pop();
  return `${letters.join("")}…`;
}

function widthOf(text, font) {
  return measure(text, font).width;
}

function ascentOf(font) {
  return measure("x", font).fontBoundingBoxAscent;
}

function measure(text, font) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText(text);
}
