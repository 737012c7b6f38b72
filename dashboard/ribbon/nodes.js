// The clusters as boxes with their picture, name and size, and the titles of the columns.
import { number } from "../browser/counts.js";
import { drawPicture } from "../gallery/picture.js";
import { make } from "../scatter/element.js";
import { count, nameNode } from "./words.js";

// From which height of a node on its text has two lines, or lies below the picture.
const TWO_LINES = 33;
const TALL = 94;
// A lower box would strike its text through: only its sides are drawn.
const LOW = 11;
// The pictures in pixels: beside the text, which needs its part of the width, they stay small.
const PICTURES = {
  "one-line": { most: 20, margin: 4 },
  "two-lines": { most: 40, margin: 6 },
  tall: { most: 108, margin: 46 },
};

export function drawTitle(column) {
  const button = make("button", "title", { type: "button", tabindex: "-1" }, column.title);
  button.title = `Show ${column.title}`;
  button.setAttribute("aria-label", button.title);
  return button;
}

export function placeTitle(button, { x }, width) {
  Object.assign(button.style, { left: `${x}px`, width: `${width}px` });
}

export function drawNode(node, { room, height, top, y }, images) {
  const look = lookOf(room);
  const words = make("span", "words");
  words.append(make("span", "name", {}, node.name), make("span", "size", {}, number(node.size)));
  const low = node.size && height < LOW;
  const kind = `node ${look}${low ? " low" : ""}${node.size ? "" : " without"}`;
  const button = make("button", kind, { type: "button", tabindex: "-1" });
  button.title = `${node.name}\n${count(node.size)}`;
  button.setAttribute("aria-label", nameNode(node));
  button.dataset.column = node.column.at;
  button.dataset.cluster = node.cluster;
  button.style.setProperty("--cluster", node.color);
  const box = make("span", "box");
  Object.assign(box.style, { top: `${y - top}px`, height: `${height}px` });
  button.append(box, ...drawMedoid(node, PICTURES[look], room, images), words);
  return button;
}

export function placeNode(button, { x, top, room }, width) {
  const pixels = { left: x, top, width, height: room };
  for (const [side, length] of Object.entries(pixels)) button.style[side] = `${length}px`;
}

function drawMedoid({ medoid }, { most, margin }, room, images) {
  if (medoid === null) return [];
  const picture = drawPicture(images.source(medoid), "");
  picture.style.width = `${Math.min(room - margin, most)}px`;
  return [picture];
}

function lookOf(room) {
  if (room >= TALL) return "tall";
  return room >= TWO_LINES ? "two-lines" : "one-line";
}
