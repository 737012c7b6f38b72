// The clusters' names at their centres.

import { make } from "./element.js";

const GAP = 3;
const SHIFTS = [0, -1, 1];

export class Names {
  constructor() {
    this.root = make("div", "groupsight-map-names");
    this.labels = [];
  }

  /** Called when clusters, names or what is shown change; `draw` then only moves them. */
  update(points, shown, names) {
    this.labels = centres(points, shown, names.length).map((centre) => {
      const element = make("span", "", {}, names[centre.cluster]);
      return { ...centre, element };
    });
    this.root.replaceChildren(...this.labels.map(({ element }) => element));
    for (const label of this.labels) {
      label.width = label.element.offsetWidth;
      label.height = label.element.offsetHeight;
    }
  }

  draw(view, area) {
    const taken = [];
    for (const label of this.labels) {
      const box = freeBox(label, view.project(label), area, taken);
      label.element.style.visibility = box ? "visible" : "hidden";
      if (!box) continue;
      taken.push(box);
      label.element.style.transform = `translate(${box.left}px, ${box.top}px)`;
    }
  }
}

/** Medians of the shown points of each cluster, the largest cluster first. */
function centres(points, shown, count) {
  const members = Array.from({ length: count }, () => []);
  points.clusters.forEach((cluster, row) => {
    if (shown[row] && cluster < count) members[cluster].push(row);
  });
  return members
    .map((rows, cluster) => ({ cluster, rows }))
    .filter(({ rows }) => rows.length)
    .sort((one, other) => other.rows.length - one.rows.length)
    .map(({ cluster, rows }) => ({ cluster, ...medians(points, rows) }));
}

function medians({ x, y, z }, rows) {
  return { x: median(x, rows), y: median(y, rows), z: z && median(z, rows) };
}

function median(axis, rows) {
  return Float32Array.from(rows, (row) => axis[row]).sort()[rows.length >> 1];
}

/** Where a label fits without covering a larger cluster's: in place, or a line up or down. */
function freeBox({ width, height }, [x, y], area, taken) {
  if (!(x >= 0 && y >= 0 && x <= area.width && y <= area.height)) return null;
  const left = Math.min(Math.max(x - width / 2, 2), area.width - width - 2);
  for (const shift of SHIFTS) {
    const top = y - height / 2 + shift * height;
    const box = { left, top, right: left + width, bottom: top + height };
    if (!taken.some((other) => overlap(box, other))) return box;
  }
  return null;
}

function overlap(one, other) {
  return (
    one.left < other.right + GAP && other.left < one.right + GAP &&
    one.top < other.bottom + GAP && other.top < one.bottom + GAP
  );
}
