// The focus of the keys: it walks from point to point.

import { nearest, nextTowards } from "./nearest.js";

/** Where the keys go next; from nowhere to the point nearest to the middle of the view. */
export function nextRow(view, shown, from, direction) {
  const pixels = view.pixels();
  if (from !== null && shown[from]) return nextTowards(pixels, shown, from, direction) ?? from;
  const { width, height } = view.area;
  return nearest(pixels, shown, [width / 2, height / 2], Infinity);
}
