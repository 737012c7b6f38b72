// One picture with its caption: a button where it can be clicked.
import { drawSymbol } from "../gallery/icons.js";
import { drawPicture, namePicture } from "../gallery/picture.js";
import { make } from "../scatter/element.js";

export function drawTile(tile, { group, place, images }) {
  const { row, picture, caption, hint, color, symbol, acts } = tile;
  const kind = acts ? "button" : "div";
  const root = make(kind, "tile", { "data-group": group, "data-place": place });
  if (acts) root.type = "button";
  else root.setAttribute("role", "img");
  if (row !== null) root.dataset.row = row;
  root.dataset.hint = hint || caption;
  root.append(drawPicture(picture ?? images.source(row), caption));
  if (color) root.style.setProperty("--cluster", color);
  root.classList.toggle("coloured", Boolean(color));
  if (caption) root.append(drawCaption(caption, color, symbol));
  return root;
}

// Names arrive after the first pictures are drawn.
export function nameTile(root, images) {
  const { row, hint } = root.dataset;
  const name = row === undefined ? "" : images.name(Number(row));
  const words = [hint, name].filter(Boolean);
  root.title = words.join("\n");
  root.setAttribute("aria-label", words.join(", "));
  if (name) namePicture(root.querySelector(".picture"), images.caption(Number(row)));
}

function drawCaption(caption, color, symbol) {
  const words = make("span", "caption-text", { dir: "auto" }, caption);
  const line = make("span", "caption", {}, words);
  if (color) line.prepend(drawSymbol(symbol, color));
  return line;
}
