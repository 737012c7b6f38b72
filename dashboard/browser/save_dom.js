// A part of the page as SVG: boxes, borders, texts and pictures where they stand, in the colours
// in which they are seen. What lies beyond the scroll bar is drawn too.

import { makeSvg } from "../scatter/element.js";
import { readColor } from "./save_colors.js";
import { drawCanvas, drawImage } from "./save_images.js";
import { drawText } from "./save_text.js";

const SIDES = ["top", "right", "bottom", "left"];
const PAINT = ["fill", "stroke"];
// What is inherited or common is left out, by its value.
const PLAIN = {
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "fill-rule": "nonzero",
  opacity: "1",
};
const OF_TEXT = ["font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline"];
const SKIPPED = new Set(["script", "style", "template"]);

/** The elements of `root` as SVG with the upper left corner of `root` at 0, 0, and the size. */
export async function drawPart(root) {
  const unscroll = toTheBeginning(root);
  const images = [];
  const frame = root.getBoundingClientRect();
  const origin = { x: frame.left + root.clientLeft, y: frame.top + root.clientTop, images };
  const size = { width: root.scrollWidth, height: root.scrollHeight };
  const parts = Array.from(root.childNodes).flatMap((child) => drawNode(child, origin));
  unscroll();
  await Promise.all(images.map((fill) => fill()));
  return { parts, size };
}

/** Headings that stay in place while one scrolls lie where they belong only then. */
function toTheBeginning(root) {
  const { scrollLeft, scrollTop } = root;
  root.scrollTo({ left: 0, top: 0, behavior: "instant" });
  return () => root.scrollTo({ left: scrollLeft, top: scrollTop, behavior: "instant" });
}

function drawNode(node, origin) {
  if (node.nodeType === Node.TEXT_NODE) return drawText(node, origin);
  if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(node.localName)) return [];
  const style = getComputedStyle(node);
  if (style.display === "none" || style.opacity === "0") return [];
  const parts = drawElement(node, style, origin);
  if (style.opacity === "1" || !parts.length) return parts;
  return [makeSvg("g", "", { opacity: style.opacity }, ...parts)];
}

function drawElement(node, style, origin) {
  const box = boxOf(node, origin);
  const seen = style.visibility === "visible";
  if (node.localName === "svg") return seen ? [copySvg(node, box)] : [];
  if (node.localName === "img") return seen ? drawPicture(node, box, style, origin) : [];
  // Others are Plotly's, whose points are drawn as such elsewhere.
  if (node.matches("canvas[data-saved]")) return seen ? [drawCanvas(node, box, style)] : [];
  const own = seen && box.width && box.height ? drawBox(box, style) : [];
  return [...own, ...Array.from(node.childNodes).flatMap((child) => drawNode(child, origin))];
}

function boxOf(node, { x, y }) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return { x: left - x, y: top - y, width, height };
}

function drawBox(box, style) {
  const { hex, alpha } = readColor(style.backgroundColor);
  const rounded = { rx: Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2) };
  const fill = alpha ? [makeSvg("rect", "", { ...box, ...rounded, ...paint("fill", hex, alpha) })] : [];
  return [...fill, ...drawBorders(box, style, rounded)];
}

function drawBorders(box, style, rounded) {
  const borders = SIDES.map((side) => ({
    side,
    width: style[`border-${side}-style`] === "none" ? 0 : parseFloat(style[`border-${side}-width`]),
    color: style[`border-${side}-color`],
  })).filter(({ width, color }) => width && readColor(color).alpha);
  const [first] = borders;
  const same = borders.every(({ width, color }) => width === first.width && color === first.color);
  if (borders.length === SIDES.length && same) return [drawOutline(box, first, rounded)];
  return borders.map((border) => drawSide(box, border));
}

function drawOutline({ x, y, width, height }, border, rounded) {
  const half = border.width / 2;
  const inner = { x: x + half, y: y + half, width: width - border.width, height: height - border.width };
  return makeSvg("rect", "", { ...inner, ...rounded, fill: "none", ...stroked(border) });
}

function drawSide({ x, y, width, height }, border) {
  const half = border.width / 2;
  const [right, bottom] = [x + width, y + height];
  const ends = {
    top: [x, y + half, right, y + half],
    right: [right - half, y, right - half, bottom],
    bottom: [x, bottom - half, right, bottom - half],
    left: [x + half, y, x + half, bottom],
  };
  const [x1, y1, x2, y2] = ends[border.side];
  return makeSvg("line", "", { x1, y1, x2, y2, ...stroked(border) });
}

function stroked({ width, color }) {
  const { hex, alpha } = readColor(color);
  return { ...paint("stroke", hex, alpha), "stroke-width": width };
}

function paint(name, hex, alpha) {
  return alpha === 1 ? { [name]: hex } : { [name]: hex, [`${name}-opacity`]: alpha };
}

/** A drawing with the styles in it by which it is seen here. */
function copySvg(svg, { x, y, width, height }) {
  const copy = svg.cloneNode(true);
  const pairs = [[svg, copy], ...zip(svg.querySelectorAll("*"), copy.querySelectorAll("*"))];
  for (const [seen, made] of pairs) dress(seen, made);
  for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, value);
  copy.setAttribute("overflow", "visible");
  return copy;
}

function zip(some, others) {
  return Array.from(some, (one, place) => [one, others[place]]);
}

function dress(seen, made) {
  const style = getComputedStyle(seen);
  for (const name of ["class", "style", "tabindex", "role"]) made.removeAttribute(name);
  if (style.display === "none" || style.visibility === "hidden") made.setAttribute("display", "none");
  for (const name of PAINT) {
    const value = style[name];
    if (value === "none" || value.startsWith("url")) continue;
    const { hex, alpha } = readColor(value);
    made.setAttribute(name, hex);
    made.setAttribute(`${name}-opacity`, alpha * Number(style[`${name}Opacity`]));
  }
  if (style.fill === "none") made.setAttribute("fill", "none");
  if (style.stroke !== "none") made.setAttribute("stroke-width", style.strokeWidth);
  for (const [name, common] of Object.entries(PLAIN)) {
    const value = style.getPropertyValue(name);
    if (value !== common) made.setAttribute(name, value);
  }
  if (!["text", "tspan"].includes(seen.localName)) return;
  for (const name of OF_TEXT) made.setAttribute(name, style.getPropertyValue(name));
}

function drawPicture(node, box, style, { images }) {
  const { parts, fill } = drawImage(node, box, style);
  if (fill) images.push(fill);
  return [...parts, ...drawBorders(box, style, {})];
}
