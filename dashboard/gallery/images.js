// What a component knows of the images, by row: id, cluster colour, name and thumbnail.
import { fetchArray, fetchJson, hexId, thumbnail } from "../browser/content.js";
import { Packs } from "./packs.js";

// One for each address: what one gallery has fetched, the next one need not.
const packs = new Map();

export async function loadImages(data) {
  const [ids, clusters] = await Promise.all([
    fetchArray(data.ids, Uint8Array),
    fetchArray(data.clusters, Uint16Array),
  ]);
  return new Images(data, ids, clusters);
}

class Images {
  constructor(data, ids, clusters) {
    this.data = data;
    this.ids = ids;
    this.clusters = clusters;
    this.count = clusters.length;
  }

  isFor(data) {
    return JSON.stringify(data) === JSON.stringify(this.data);
  }

  // Names are the bulk of what is fetched and needed last: whoever draws goes on without them.
  async loadNames() {
    const { names, labels } = await fetchJson(this.data.names);
    this.names = names;
    this.labels = labels;
  }

  thumbnail(row, large = false) {
    return thumbnail(large ? this.data.large : this.data.small, this.ids, row);
  }

  // What gives an image its small thumbnail, fetched together with those wanted at the same time.
  source(row) {
    const { packed } = this.data;
    if (!packed) return this.thumbnail(row);
    if (!packs.has(packed)) packs.set(packed, new Packs(packed));
    return (image) => packs.get(packed).show(image, hexId(this.ids, row), this.thumbnail(row));
  }

  // Once every image that has a source has an address.
  async settle() {
    await packs.get(this.data.packed)?.settle();
  }

  // The same template with the rows of another kind of address: the whole image, for example.
  address(template, row) {
    return thumbnail(template, this.ids, row);
  }

  color(row) {
    const { palette } = this.data;
    return palette[this.clusters[row] % palette.length];
  }

  name(row) {
    return this.names?.[row] ?? "";
  }

  // A path is told apart by its end.
  caption(row) {
    return this.name(row).split("/").pop();
  }

  title(row) {
    const label = this.labels?.[row] ?? null;
    return label === null ? this.name(row) : `${this.name(row)}\nlabel ${label}`;
  }
}
