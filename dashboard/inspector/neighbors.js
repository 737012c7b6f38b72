// The strip of nearest neighbours: each a button that opens its image, its distance below.
import { drawPicture, namePicture } from "../gallery/picture.js";
import { make } from "../scatter/element.js";

export class Neighbors {
  constructor({ onOpen, onPoint, onEdges }) {
    Object.assign(this, { onOpen, onPoint });
    this.strip = make("div", "strip");
    this.switch = make("input", "switch");
    Object.assign(this.switch, { type: "checkbox" });
    this.switch.setAttribute("role", "switch");
    this.switch.addEventListener("change", () => onEdges(this.switch.checked));
    this.root = make("section", "neighbors");
    this.root.setAttribute("aria-label", "Nearest neighbours");
    this.root.append(this.drawHead(), this.strip);
    this.strip.addEventListener("pointerover", (event) => onPoint(rowOf(event)));
    this.strip.addEventListener("pointerleave", () => onPoint(null));
    this.strip.addEventListener("focusin", (event) => onPoint(rowOf(event)));
    this.strip.addEventListener("focusout", () => onPoint(null));
  }

  drawHead() {
    const head = make("div", "neighbors-head");
    const title = make("span", "heading");
    title.textContent = "Nearest neighbours";
    title.title = "The most alike in feature space, with their distances";
    const label = make("label", "edges");
    label.append(this.switch, "Draw them on the map");
    head.append(title, label);
    return head;
  }

  show({ neighbors, distances, edges }, images) {
    this.root.hidden = neighbors.length === 0;
    this.switch.checked = edges;
    this.strip.replaceChildren(
      ...neighbors.map((row, rank) => this.drawOne(row, distances[rank], images)),
    );
    this.strip.scrollLeft = 0;
    this.name(images);
  }

  drawOne(row, distance, images) {
    const button = make("button", "neighbor");
    button.type = "button";
    button.dataset.row = row;
    button.dataset.distance = distance;
    button.style.setProperty("--cluster", images.color(row));
    const words = make("span", "distance");
    words.textContent = distance;
    button.append(drawPicture(images.thumbnail(row), images.caption(row)), words);
    button.addEventListener("click", () => this.onOpen(row));
    return button;
  }

  // Names arrive after the first pictures are drawn.
  name(images) {
    for (const button of this.strip.children) {
      const row = Number(button.dataset.row);
      button.title = images.title(row);
      const name = images.name(row) || `image ${row}`;
      button.setAttribute("aria-label", `${name}, distance ${button.dataset.distance}`);
      namePicture(button.querySelector(".picture"), images.caption(row));
    }
  }

  ring(row) {
    for (const button of this.strip.children) {
      button.classList.toggle("ringed", Number(button.dataset.row) === row);
    }
  }
}

function rowOf(event) {
  const button = event.target.closest(".neighbor");
  return button ? Number(button.dataset.row) : null;
}
