// What is selected, as this map shows it: by its own hand, by Python, or as on another map.

import { countBits, emptyBits } from "../browser/bits.js";
import { fetchArray } from "../browser/content.js";

export class Selected {
  constructor() {
    this.put(emptyBits(0));
  }

  put(bits) {
    this.bits = bits;
    this.count = countBits(bits);
  }

  /**
   * Python's selection, if it made one since; on the first sight of these images in any case.
   * Says whether it was taken.
   */
  async take({ content, selected, revision }) {
    const about = `${content.ids} ${revision}`;
    if (about === this.about) return false;
    const bits = selected ? await fetchArray(selected, Uint8Array) : emptyBits(content.n);
    this.put(bits);
    this.about = about;
    return true;
  }
}
