// The image at which a component points: it tells the others, and rings the one at which they do.
import { emit, listen } from "./signals.js";

export class Pointing {
  /** `from` names the component; `ring(row)` gets the row at which another one points, or null. */
  constructor(from, ring) {
    this.from = from;
    this.row = null;
    this.stop = listen("point", (heard) => heard.from !== from && ring(heard.row));
  }

  /** At what the pointer or the focus is over within `root`; `rowOf(element)` gives its row or null. */
  follow(root, rowOf) {
    const over = ({ target }) => this.at(rowOf(target));
    const away = () => this.at(null);
    root.addEventListener("pointerover", over);
    root.addEventListener("pointerleave", away);
    root.addEventListener("focusin", over);
    root.addEventListener("focusout", away);
  }

  at(row) {
    if (row === this.row) return;
    this.row = row;
    emit("point", { row, from: this.from });
  }

  remove() {
    this.stop();
    this.at(null);
  }
}
