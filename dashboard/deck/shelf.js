// The faces of the cards near the hand: those to come are drawn and decoded before they are seen.
import { make } from "../scatter/element.js";
import { Face } from "./face.js";

const BEHIND = 1;
const AHEAD = 4;

export class Shelf {
  constructor(acts) {
    this.acts = acts;
    this.faces = new Map(); // by row
    this.root = make("div", "shelf");
  }

  // Other images, other rows.
  empty() {
    for (const face of this.faces.values()) this.discard(face);
  }

  discard(face) {
    face.hide();
    face.root.remove();
    this.faces.delete(face.row);
  }

  /** Shows a queue's card, or none where it has not come; gives back whether another one is seen. */
  show(queue, given) {
    const card = queue.current;
    const face = card && this.dress(card, queue, given);
    if (face === this.shown) return false;
    this.shown?.hide();
    face?.show();
    this.shown = face;
    return true;
  }

  dress(card, queue, given) {
    const face = this.faces.get(card.row) ?? this.add(card.row, given);
    face.dress(card, queue.clusters);
    return face;
  }

  // Its thumbnails are asked for at once: it must be in the page before the script ends.
  add(row, given) {
    const face = new Face(row, { ...given, acts: this.acts });
    this.faces.set(row, face);
    this.root.append(face.root);
    return face;
  }

  // For the time after the next card is seen.
  prepare(queue, given) {
    const near = [];
    for (let place = queue.place - BEHIND; place <= queue.place + AHEAD; place++) {
      const card = queue.card(place);
      if (card) near.push(this.dress(card, queue, given));
    }
    for (const face of this.faces.values()) {
      if (!near.includes(face) && face !== this.shown) this.discard(face);
    }
  }

  name() {
    for (const face of this.faces.values()) face.name();
  }
}
