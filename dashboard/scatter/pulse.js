// Rings that run outwards from some points, once: these are the ones that moved.

import { rowsOf } from "../browser/bits.js";
import { fetchArray } from "../browser/content.js";
import { make } from "./element.js";

const LASTS_MS = 800;
const [FROM_PX, TO_PX] = [4, 16];
const LINE_PX = 2.5;
// Who wants nothing to move sees rings of this state for the same time.
const STILL = 0.35;

/** The rows that moved between two draws of the same points; none on the first draw. */
export async function fetchMoved(before, { pulse, content, coloring }) {
  const stays = (name) => before.content[name] === content[name];
  if (!pulse || !before || !stays("coordinates") || !stays("ids")) return [];
  if (stays("clusters") || !coloring.groups || !before.coloring.groups) return [];
  return rowsOf(await fetchArray(pulse, Uint8Array));
}

export class Pulse {
  constructor() {
    this.root = make("canvas", "groupsight-map-pulse");
  }

  /** `look` gives the view, and what is `shown` there in which `colorOf` a row, at each frame. */
  start(rows, look) {
    if (!rows.length) return;
    this.stop();
    this.root.dataset.rows = rows.length;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let [began, frames] = [0, 0];
    const step = (now) => {
      // The first frame paints the points too, and may take long: the time runs from the second.
      if (frames++ < 2) began = now;
      const part = (now - began) / LASTS_MS;
      if (part >= 1) return this.stop();
      this.draw(rows, isStill ? STILL : part, ...look());
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  draw(rows, part, view, { shown, colorOf }) {
    const { area } = view;
    const pixels = view.pixels();
    const scale = window.devicePixelRatio;
    const { root } = this;
    [root.width, root.height] = [area.width * scale, area.height * scale];
    const pen = root.getContext("2d");
    const radius = FROM_PX + (TO_PX - FROM_PX) * (1 - (1 - part) ** 2);
    const half = Math.ceil((radius + LINE_PX) * scale);
    const rings = new Map();
    pen.globalAlpha = 1 - part;
    for (const row of rows) {
      const [x, y] = [pixels[2 * row], pixels[2 * row + 1]];
      if (!shown[row] || !(x >= 0 && y >= 0 && x <= area.width && y <= area.height)) continue;
      const color = colorOf(row);
      if (!rings.has(color)) rings.set(color, drawRing(color, radius * scale, half, scale));
      pen.drawImage(rings.get(color), Math.round(x * scale) - half, Math.round(y * scale) - half);
    }
  }

  stop() {
    cancelAnimationFrame(this.frame);
    delete this.root.dataset.rows;
    this.root.width = this.root.height = 0;
  }
}

/** One ring as a picture: to copy it thousands of times is cheaper than to draw it. */
function drawRing(color, radius, half, scale) {
  const ring = make("canvas", "", { width: 2 * half, height: 2 * half });
  const pen = ring.getContext("2d");
  pen.strokeStyle = color;
  pen.lineWidth = LINE_PX * scale;
  pen.arc(half, half, radius, 0, 2 * Math.PI);
  pen.stroke();
  return ring;
}
