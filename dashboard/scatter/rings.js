// Rings around points: the open image, the one the pointer is over, the one the keys are at.

import { makeSvg } from "./element.js";

const MARGIN = 9;

export class Rings {
  constructor(svg) {
    this.group = makeSvg("g");
    svg.append(this.group);
  }

  /** `rings`: pairs of a row and a kind: "opened", "pointed" or "focused". */
  draw(pixels, area, rings, thumbnails) {
    const marks = rings.flatMap(([row, kind]) => {
      const place = [pixels[2 * row], pixels[2 * row + 1]];
      if (place.some(Number.isNaN)) return [];
      return drawMark(place, area, `groupsight-map-ring ${kind}`, thumbnails.boxOf(row), row);
    });
    this.group.replaceChildren(...marks);
  }
}

function drawMark([x, y], area, name, box, row) {
  const about = { "data-row": row };
  if (box) {
    const frame = { x: box.x - 3, y: box.y - 3, width: box.side + 6, height: box.side + 6, rx: 6 };
    return twice("rect", name, { ...frame, ...about });
  }
  const [inX, inY] = [clamp(x, area.width), clamp(y, area.height)];
  if (Math.hypot(inX - x, inY - y) > MARGIN + 1) return arrow([inX, inY], [x, y], name, about);
  return twice("circle", name, { cx: x, cy: y, r: 9, ...about });
}

function clamp(value, most) {
  return Math.min(Math.max(value, MARGIN), most - MARGIN);
}

/** At the border, pointing to what lies outside: the view does not jump there. */
function arrow([x, y], [toX, toY], name, about) {
  const degrees = (Math.atan2(toY - y, toX - x) * 180) / Math.PI;
  const transform = `translate(${x} ${y}) rotate(${degrees})`;
  return twice("path", name, { d: "M-6,-7L7,0L-6,7Z", transform, ...about });
}

/** A wide line in the page's colour under the ring, so that it stands out on points of any. */
function twice(tag, name, attributes) {
  const halo = makeSvg(tag, `${name} halo`, attributes);
  return [halo, makeSvg(tag, name, attributes)];
}
