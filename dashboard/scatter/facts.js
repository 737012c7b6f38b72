// What is known of a row: its image's address, name, cluster, label, fit and colour.

import { fetchArray, fetchJson, thumbnail } from "../browser/content.js";

const GREY = "#888888";

export class Facts {
  constructor(content, points, coloring, clusters) {
    Object.assign(this, { content, points, coloring, clusters });
  }

  /** Names and fits come after the map is drawn: it can be seen without them. */
  async fetch() {
    const { names, fit } = this.content;
    [this.texts, this.fits] = await Promise.all([fetchJson(names), fetchArray(fit, Float32Array)]);
  }

  address(row) {
    return thumbnail(this.content.thumbnail, this.points.ids, row);
  }

  color(row) {
    return this.coloring.looks[this.coloring.groups[row]]?.color ?? GREY;
  }

  of(row) {
    return {
      address: this.address(row),
      name: this.texts?.names[row],
      cluster: this.clusters[this.points.clusters[row]] ?? "",
      color: this.color(row),
      label: this.texts?.labels?.[row],
      fit: this.fits?.[row],
    };
  }

  /** One sentence, for those who hear the map. */
  tell(row) {
    const { name, cluster, label, fit } = this.of(row);
    const parts = [name ?? `image ${row + 1}`, cluster];
    if (label !== null && label !== undefined) parts.push(`label ${label}`);
    if (Number.isFinite(fit)) parts.push(`fit ${Math.round(100 * fit)} %`);
    return parts.join(", ");
  }
}
