// One card of the grid: the picture in its cluster's colour, a box to mark it, its name below.
import { drawIcon } from "./icons.js";
import { drawPicture, namePicture } from "./picture.js";

export function drawCard(images, row, { large, note }) {
  const card = document.createElement("div");
  card.className = "card";
  card.dataset.row = row;
  if (note !== undefined) card.dataset.note = note;
  card.style.setProperty("--cluster", images.color(row));
  const source = large ? images.thumbnail(row, large) : images.source(row);
  const picture = drawPicture(source, images.caption(row));
  card.append(picture, drawBox(), drawCaption());
  nameCard(card, images);
  return card;
}

// Names arrive after the first cards are drawn.
export function nameCard(card, images) {
  const { note } = card.dataset;
  const row = Number(card.dataset.row);
  const title = [images.title(row), note].filter(Boolean).join("\n");
  card.title = title;
  card.setAttribute("aria-label", title || `image ${row}`);
  card.querySelector(".caption").textContent = note ?? images.caption(row);
  namePicture(card.querySelector(".picture"), images.caption(row));
}

/** The row of the card that an element belongs to, or null. */
export function rowOf(element) {
  const card = element.closest?.(".card");
  return card ? Number(card.dataset.row) : null;
}

export function dressCard(card, { marked, ringed, opened, excluded }) {
  card.classList.toggle("marked", marked);
  card.classList.toggle("ringed", ringed);
  card.classList.toggle("open", opened);
  card.classList.toggle("excluded", excluded);
  card.setAttribute("aria-description", excluded ? "excluded" : "");
  card.setAttribute("aria-selected", marked);
  card.setAttribute("aria-current", opened);
}

// For the mouse alone: the keyboard marks with Space.
function drawBox() {
  const box = document.createElement("span");
  box.className = "box";
  box.title = "Mark (Ctrl and a click does the same, Shift and a click marks a range)";
  box.append(drawIcon("check"));
  return box;
}

function drawCaption() {
  const caption = document.createElement("span");
  caption.className = "caption";
  return caption;
}
