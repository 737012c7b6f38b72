// Drawing around points: the outline while the hand draws, and what lies inside once it is done.

import { add, emptyBits } from "../browser/bits.js";
import { makeSvg } from "./element.js";

const STEP_PX = 2;

/** The shown rows inside a polygon, by the even-odd rule, within the area alone. */
export function rowsInside(polygon, pixels, shown, { width, height }) {
  const bits = emptyBits(shown.length);
  const [left, right] = limits(polygon.map(([x]) => x), width);
  const [top, bottom] = limits(polygon.map(([, y]) => y), height);
  for (let row = 0; row < shown.length; row++) {
    const [x, y] = [pixels[2 * row], pixels[2 * row + 1]];
    if (!shown[row] || !(x >= left && x <= right && y >= top && y <= bottom)) continue;
    if (isInside(x, y, polygon)) add(bits, row);
  }
  return bits;
}

function limits(values, most) {
  return [Math.max(0, Math.min(...values)), Math.min(most, Math.max(...values))];
}

function isInside(x, y, polygon) {
  let inside = false;
  let [x1, y1] = polygon[polygon.length - 1];
  for (const [x2, y2] of polygon) {
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    [x1, y1] = [x2, y2];
  }
  return inside;
}

/** The outline that follows the hand; mode is "lasso" or "box". */
export class Outline {
  constructor(svg) {
    this.path = makeSvg("path", "groupsight-map-outline");
    svg.append(this.path);
  }

  begin(mode, place) {
    this.mode = mode;
    this.polygon = [place];
  }

  extend(place) {
    const first = this.polygon[0];
    if (this.mode === "box") {
      this.polygon = [first, [place[0], first[1]], place, [first[0], place[1]]];
    } else if (distance(place, this.polygon[this.polygon.length - 1]) >= STEP_PX) {
      this.polygon.push(place);
    }
    this.path.setAttribute("d", `M${this.polygon.map((one) => one.join()).join("L")}Z`);
  }

  end() {
    this.path.removeAttribute("d");
    return this.polygon;
  }
}

function distance([x1, y1], [x2, y2]) {
  return Math.hypot(x1 - x2, y1 - y2);
}
