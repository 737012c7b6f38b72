// What mouse and keyboard do on the grid, said in the gallery's words.

export class Hand {
  // `gallery` knows open(position) and marksChanged().
  constructor({ grid, marks, gallery }) {
    Object.assign(this, { grid, marks, gallery });
    const { root } = grid;
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.press(event));
  }

  click(event) {
    const card = cardOf(event);
    if (!card) return;
    const position = Number(card.dataset.position);
    const marks = event.ctrlKey || event.metaKey || event.target.closest(".box");
    if (event.shiftKey) this.extend(position);
    else if (marks) this.toggle(position);
    else this.open(position);
    this.grid.activate(position);
  }

  press(event) {
    const act = event.altKey ? null : this.meaningOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  meaningOf({ key, ctrlKey, metaKey, shiftKey }) {
    const { active } = this.grid;
    if (ctrlKey || metaKey) return key.toLowerCase() === "a" ? () => this.markAll() : null;
    if (key === "Enter") return () => this.open(active);
    if (key === " ") return () => this.toggle(active);
    if (key === "Escape") return this.marks.size ? () => this.unmark() : null;
    const target = this.grid.target(key);
    return target === null ? null : () => this.move(active, target, shiftKey);
  }

  move(from, to, extends_) {
    if (extends_) this.extend(to, from);
    else this.marks.anchorAt(to);
    this.grid.activate(to);
  }

  open(position) {
    this.marks.anchorAt(position);
    this.gallery.open(position);
  }

  toggle(position) {
    this.marks.toggle(position);
    this.gallery.marksChanged();
  }

  extend(position, from = this.grid.active) {
    this.marks.extend(from, position);
    this.gallery.marksChanged();
  }

  markAll() {
    this.marks.all();
    this.gallery.marksChanged();
  }

  unmark() {
    this.marks.clear();
    this.gallery.marksChanged();
  }
}

function cardOf(event) {
  return event.target.closest?.(".card") ?? null;
}
