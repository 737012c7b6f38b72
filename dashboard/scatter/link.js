// Maps that belong together: what is done on one of them, the others show without Python.

const groups = new Map();

export class Link {
  /**
   * `map` has a `content`, null before it is drawn, a `figure` with a view, and a `motion` that
   * can follow; it can `showSelected` rows and `point` at one.
   */
  constructor(map) {
    this.map = map;
    this.name = "";
  }

  /** From now on; a map that comes later shows what the others do. */
  join(name) {
    if (name === this.name) return;
    this.leave();
    this.name = name;
    if (!name) return;
    if (!groups.has(name)) groups.set(name, new Set());
    groups.get(name).add(this.map);
    const [first] = this.others("coordinates");
    // Each shows everything by itself, whatever their sizes.
    if (first && !first.figure.view.isHome) this.map.motion.follow(first.figure.view.range);
  }

  leave() {
    const group = groups.get(this.name);
    group?.delete(this.map);
    if (group?.size === 0) groups.delete(this.name);
    this.name = "";
  }

  zoom(range) {
    for (const map of this.others("coordinates")) map.motion.follow(range);
  }

  /** Python was told of a zoom. */
  toldZoom(range) {
    for (const map of this.others("coordinates")) map.motion.expect(range);
  }

  select(bits) {
    for (const map of this.others("ids")) map.showSelected(bits);
  }

  point(row) {
    for (const map of this.others("ids")) map.point(row);
  }

  /** The drawn maps of the group whose content is alike in this: the same places, or images. */
  others(alike) {
    const { content } = this.map;
    const maps = Array.from(groups.get(this.name) ?? []).filter((map) => map !== this.map);
    return maps.filter((map) => content && map.content?.[alike] === content[alike]);
  }
}
