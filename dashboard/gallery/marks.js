// Which images are marked, by their places in the order; Python hears of them as a bit set.
import { bitsOf, toBase64 } from "../browser/bits.js";

export class Marks {
  constructor() {
    this.order = new Uint32Array();
    this.clear();
  }

  // What is no longer shown is no longer marked: nobody could see that it is.
  follow(order) {
    const shown = new Set(order);
    this.rows = new Set([...this.rows].filter((row) => shown.has(row)));
    this.order = order;
    this.anchor = null;
  }

  get size() {
    return this.rows.size;
  }

  has(row) {
    return this.rows.has(row);
  }

  // Ranges reach from here.
  anchorAt(position) {
    this.anchor = position;
  }

  toggle(position) {
    const row = this.order[position];
    if (!this.rows.delete(row)) this.rows.add(row);
    this.anchor = position;
  }

  // From the anchor, or from the active position where there is none, up to this one.
  extend(active, position) {
    this.anchor ??= active;
    const first = Math.min(this.anchor, position);
    const last = Math.max(this.anchor, position);
    for (const row of this.order.subarray(first, last + 1)) this.rows.add(row);
  }

  all() {
    this.rows = new Set(this.order);
  }

  clear() {
    this.rows = new Set();
    this.anchor = null;
  }

  encode(count) {
    return toBase64(bitsOf(this.rows, count));
  }
}
