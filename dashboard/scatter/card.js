// The card beside the pointer: what image lies under it.

import { make } from "./element.js";

const BESIDE = 18;
const TINY_PX = 32;

export class Card {
  constructor(parent) {
    const about = { popover: "manual", "aria-hidden": "true" };
    this.root = make("div", "groupsight-map-card", about);
    parent.append(this.root);
  }

  /** `facts`: address, name, cluster, color, label, fit; the last three may be missing. */
  show(row, facts, pointer) {
    if (row !== this.row) {
      this.row = row;
      this.root.replaceChildren(drawImage(facts.address), drawFacts(facts));
      this.root.dataset.row = row;
    }
    // The top layer: neither cut off by a column nor moved by one.
    if (!this.root.matches(":popover-open")) this.root.showPopover();
    this.place(pointer);
  }

  hide() {
    this.row = null;
    if (this.root.matches(":popover-open")) this.root.hidePopover();
  }

  place([x, y]) {
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const left = beside(x, width, window.innerWidth);
    const top = beside(y, height, window.innerHeight);
    this.root.style.transform = `translate(${left}px, ${top}px)`;
  }
}

/** After the pointer, or before it where there is no room; never outside. */
function beside(at, size, room) {
  const after = at + BESIDE;
  const start = after + size <= room - 4 ? after : at - BESIDE - size;
  return Math.round(Math.min(Math.max(start, 4), Math.max(room - size - 4, 4)));
}

function drawImage(address) {
  // A new element each time: the old picture must not stand beside the new name.
  const image = make("img", "", { alt: "" });
  image.onload = () => {
    const tiny = Math.max(image.naturalWidth, image.naturalHeight) <= TINY_PX;
    image.classList.toggle("tiny", tiny);
  };
  image.onerror = () => image.replaceWith(make("div", "missing", {}, "no thumbnail"));
  image.src = address;
  return image;
}

function drawFacts({ name, cluster, color, label, fit }) {
  const facts = make("div", "facts", {}, make("strong", "", {}, name ?? ""));
  const swatch = make("i", "swatch");
  swatch.style.background = color;
  facts.append(make("span", "", {}, swatch, cluster));
  if (label !== null && label !== undefined) facts.append(make("span", "", {}, `label ${label}`));
  if (Number.isFinite(fit)) facts.append(drawFit(fit));
  return facts;
}

function drawFit(fit) {
  const bar = make("i", "bar");
  bar.style.setProperty("--fit", fit);
  return make("span", "", {}, `fit ${Math.round(100 * fit)} %`, bar);
}
