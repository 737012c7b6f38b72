// A grid of cards of which only those near the viewport exist, however many there are.
import { follow, inView, layOut, placeOf, scrollFor, topOf, topToSee } from "./geometry.js";

const MARGIN_LINES = 2;
// Room around the cards, so that a ring is not cut off; the style sheet has it too.
const EDGE = 8;
const DESCRIPTION =
  "Arrow keys move, Enter opens, Space marks, Shift and an arrow mark a range, " +
  "Control and A marks all, Escape unmarks.";

export class Grid {
  // `draw(position)` gives a new card; `dress(card)` brings its looks up to date.
  constructor({ draw, dress }) {
    Object.assign(this, { draw, dress });
    this.cards = new Map();
    this.active = 0;
    Object.assign(this, { count: 0, height: 0, size: 1, caption: 0, given: "" });
    this.layout = layOut({ count: 0, width: 0, view: 0, size: 1, caption: 0 });
    this.spacer = document.createElement("div");
    this.spacer.className = "spacer";
    this.spacer.setAttribute("role", "presentation");
    this.root = this.drawRoot();
    this.root.append(this.spacer);
    // In the next frame: a change of size within the report of one is an error.
    this.watch = new ResizeObserver(() => requestAnimationFrame(() => this.resized()));
    this.watch.observe(this.root);
  }

  drawRoot() {
    const root = document.createElement("div");
    root.className = "grid";
    root.setAttribute("role", "listbox");
    root.setAttribute("aria-multiselectable", "true");
    root.setAttribute("aria-label", "Images");
    root.setAttribute("aria-description", DESCRIPTION);
    root.addEventListener("scroll", () => this.render(), { passive: true });
    return root;
  }

  // Other cards: what was drawn is gone, and the first one is the active one.
  show(count) {
    const focused = this.hasFocus();
    this.count = count;
    this.active = 0;
    this.clear();
    this.root.scrollTop = 0;
    this.arrange();
    if (focused) this.cards.get(0)?.focus({ preventScroll: true });
  }

  clear() {
    for (const card of this.cards.values()) card.remove();
    this.cards.clear();
  }

  // The same cards, looking otherwise.
  redraw() {
    const focused = this.hasFocus();
    this.clear();
    this.render();
    if (focused) this.cards.get(this.active)?.focus({ preventScroll: true });
  }

  setHeight(height) {
    this.height = height;
    this.arrange();
  }

  // The width follows the page; the height is another one where its corner was dragged.
  resized() {
    if (!this.root.offsetParent) return; // hidden, or just being unmounted
    const dragged = this.root.style.height !== this.given;
    if (dragged) this.height = this.root.offsetHeight;
    if (dragged || this.spacer.clientWidth !== this.width) this.arrange();
  }

  // Cards of another size; the one at the top of the view stays there.
  setSize(size, caption) {
    if (size === this.size && caption === this.caption) return;
    const first = this.firstInView();
    Object.assign(this, { size, caption });
    this.arrange();
    this.scrollTo(placeOf(this.layout, first).y);
  }

  firstInView() {
    const { pitch, columns } = this.layout;
    return pitch ? Math.round(topOf(this.layout, this.root.scrollTop) / pitch) * columns : 0;
  }

  arrange() {
    const width = this.spacer.clientWidth;
    if (!width) return; // hidden: arranged once it is seen
    const { count, size, caption, height } = this;
    this.width = width;
    this.layout = layOut({ count, width, view: height - EDGE, size, caption });
    this.given = `${Math.min(height, Math.ceil(this.layout.height) + EDGE)}px`;
    this.root.style.height = this.given;
    this.spacer.style.height = `${this.layout.spacer}px`;
    this.render();
  }

  render() {
    const top = topOf(this.layout, this.root.scrollTop);
    const [first, last] = inView(this.layout, top, MARGIN_LINES);
    const wanted = new Set();
    for (let position = first; position < last; position++) wanted.add(position);
    if (this.active < this.layout.count) wanted.add(this.active); // the one that Tab reaches
    for (const [position, card] of this.cards) {
      if (!wanted.has(position)) this.drop(position, card);
    }
    for (const position of wanted) this.place(position, top);
  }

  drop(position, card) {
    card.remove();
    this.cards.delete(position);
  }

  place(position, top) {
    const card = this.cards.get(position) ?? this.add(position);
    const { x, y } = placeOf(this.layout, position);
    card.style.width = `${this.layout.cell}px`;
    card.style.transform = `translate(${x}px, ${y - top + this.root.scrollTop}px)`;
  }

  add(position) {
    const card = this.draw(position);
    card.dataset.position = position;
    card.setAttribute("role", "option");
    card.setAttribute("aria-posinset", position + 1);
    card.setAttribute("aria-setsize", this.layout.count);
    card.tabIndex = position === this.active ? 0 : -1;
    this.cards.set(position, card);
    this.dress(card);
    this.spacer.append(card);
    return card;
  }

  dressAll() {
    for (const card of this.cards.values()) this.dress(card);
  }

  scrollTo(top) {
    this.root.scrollTop = scrollFor(this.layout, top);
    this.render();
  }

  reveal(position) {
    const top = topOf(this.layout, this.root.scrollTop);
    const wanted = topToSee(this.layout, position, top);
    if (wanted !== top) this.scrollTo(wanted);
  }

  // The active card is the one that Tab reaches and arrows start from.
  activate(position) {
    const before = this.cards.get(this.active);
    if (before) before.tabIndex = -1;
    this.active = position;
    this.reveal(position);
    this.render();
    const card = this.cards.get(position);
    card.tabIndex = 0;
    card.focus({ preventScroll: true });
  }

  // Where a key leads from the active card, or null.
  target(key) {
    return follow(key, this.active, this.layout);
  }

  hasFocus() {
    return this.root.contains(this.root.getRootNode().activeElement);
  }

  remove() {
    this.watch.disconnect();
  }
}
