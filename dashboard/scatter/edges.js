// Lines from the open image to its neighbours.

import { makeSvg } from "./element.js";

export function drawEdges(pixels, edges) {
  if (!edges) return [];
  const [from, others] = edges;
  const [x1, y1] = [pixels[2 * from], pixels[2 * from + 1]];
  return others.map((row) => {
    const [x2, y2] = [pixels[2 * row], pixels[2 * row + 1]];
    const hidden = [x1, y1, x2, y2].some(Number.isNaN);
    const ends = hidden ? {} : { x1, y1, x2, y2 };
    return makeSvg("line", "groupsight-map-edge", ends);
  });
}
