// The way back and forth through an order of rows, also from an image that is not part of it.

import { number } from "../browser/counts.js";

export class Walk {
  constructor() {
    this.order = new Uint32Array();
    this.last = -1;
  }

  follow(order) {
    if (order === this.order) return;
    this.order = order;
    this.last = -1;
  }

  // An image beside the way (a neighbour, say) leaves one's place on it as it is.
  go(row) {
    this.at = this.order.indexOf(row);
    if (this.at >= 0) this.last = this.at;
  }

  get isOn() {
    return this.at >= 0;
  }

  previous() {
    return this.order[this.isOn ? this.last - 1 : this.last] ?? null;
  }

  next() {
    return this.order[this.last + 1] ?? null;
  }

  describe() {
    const total = number(this.order.length);
    if (!this.order.length) return "";
    return this.isOn ? `${number(this.at + 1)} of ${total}` : `not among the ${total}`;
  }
}
