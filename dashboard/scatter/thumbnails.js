// Points that have become thumbnails, once few enough are in view.

import { has } from "../browser/bits.js";
import { arrange } from "./arrange.js";
import { make, makeSvg } from "./element.js";
import { inView } from "./nearest.js";

const LIMIT = 60;
const TINY_PX = 32;

export class Thumbnails {
  constructor() {
    this.root = make("div", "groupsight-map-thumbnails");
    this.boxes = new Map();
  }

  /** `state` tells what is `present` and selected, and how a row looks: `address`, `colorOf`. */
  draw(pixels, area, magnification, state) {
    const rows = inView(pixels, state.present, area, LIMIT) ?? [];
    const about = `${rows} ${magnification} ${area.width} ${area.height}`;
    if (about !== this.about) {
      this.about = about;
      // Zoomed there may be more room; panned, all stay where they are beside their points.
      this.lay(rows, pixels, area, magnification === this.magnification);
      this.magnification = magnification;
      this.fill(state);
    }
    for (const [row, box] of this.boxes) {
      box.x = pixels[2 * row] + box.offset[0] - box.side / 2;
      box.y = pixels[2 * row + 1] + box.offset[1] - box.side / 2;
      box.element.style.transform = `translate(${box.x}px, ${box.y}px)`;
      box.element.style.width = box.element.style.height = `${box.side}px`;
      box.element.style.setProperty("--group", state.colorOf(row));
      box.element.classList.toggle("faded", state.count > 0 && !has(state.selected, row));
    }
  }

  /** Decides who lies where; what was there keeps its offset, if it may and can. */
  lay(rows, pixels, area, keep) {
    const places = rows.map((row) => [pixels[2 * row], pixels[2 * row + 1]]);
    const wished = rows.map((row) => (keep ? this.boxes.get(row)?.offset : null));
    const { side, offsets } = arrange(places, area, wished);
    const before = this.boxes;
    this.boxes = new Map();
    rows.forEach((row, number) => {
      const offset = offsets[number];
      if (offset) this.boxes.set(row, { offset, side, element: before.get(row)?.element });
    });
  }

  fill({ address }) {
    for (const [row, box] of this.boxes) box.element ??= makeSlot(address(row), row);
    this.root.replaceChildren(...Array.from(this.boxes.values(), ({ element }) => element));
  }

  /** Forget what is drawn: rows mean other images now. */
  clear() {
    this.boxes = new Map();
    this.about = null;
  }

  /** From each point to its thumbnail, where that lies beside it. */
  leaders(pixels) {
    return Array.from(this.boxes).flatMap(([row, { x, y, side }]) => {
      const [px, py] = [pixels[2 * row], pixels[2 * row + 1]];
      if (px >= x && py >= y && px <= x + side && py <= y + side) return [];
      const [x2, y2] = [x + side / 2, y + side / 2];
      return [makeSvg("line", "groupsight-map-leader", { x1: px, y1: py, x2, y2 })];
    });
  }

  boxOf(row) {
    return this.boxes.get(row);
  }

  /** The row whose thumbnail lies at a place, or null. */
  at([x, y]) {
    for (const [row, box] of this.boxes) {
      if (x >= box.x && y >= box.y && x <= box.x + box.side && y <= box.y + box.side) return row;
    }
    return null;
  }
}

/** A square slot with the image in its own proportion. */
function makeSlot(address, row) {
  const image = make("img", "", { alt: "", "data-row": row, decoding: "async" });
  // The pixels of tiny images are worth seeing.
  image.onload = () => {
    const tiny = Math.max(image.naturalWidth, image.naturalHeight) <= TINY_PX;
    image.classList.toggle("tiny", tiny);
  };
  image.src = address;
  return make("div", "", {}, image);
}
