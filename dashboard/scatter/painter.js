// Repaints the points when the page has time for it.

import { listen } from "../browser/signals.js";

const SLOW_MS = 150;
const ANSWER_MS = 600;
const SETTLE_MS = 50;

export class Painter {
  constructor(paint) {
    this.paint = paint;
    // The gallery shows what was selected: then there is time for the points.
    this.stopListening = listen("drawn", () => this.waiting && this.paintIn(SETTLE_MS));
  }

  /**
   * Repainting keeps the browser busy: what Python is told leaves before it, and where it takes
   * long also the answer comes first, so that the gallery need not wait.
   */
  ask() {
    this.paintIn(this.isSlow ? ANSWER_MS : 0);
  }

  paintIn(milliseconds) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.timed(this.paint);
    }, milliseconds);
  }

  async timed(paint) {
    const began = performance.now();
    await paint();
    this.isSlow = performance.now() - began > SLOW_MS;
  }

  stop() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.stopListening();
  }
}
