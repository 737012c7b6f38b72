// The gallery: draws what Python wants shown and tells it, and the map, what a hand does there.
import { has } from "../browser/bits.js";
import { fetchArray, fetchJson } from "../browser/content.js";
import { mountInTurn } from "../browser/mount.js";
import { Pointing } from "../browser/pointing.js";
import { emit } from "../browser/signals.js";
import { Bar, LARGEST, SMALLEST } from "./bar.js";
import { dressCard, drawCard, nameCard, rowOf } from "./card.js";
import { Grid } from "./grid.js";
import { Hand } from "./hand.js";
import { loadImages } from "./images.js";
import { Marks } from "./marks.js";
import { remember, remembered } from "./memory.js";

const MEMORY = "gallery-size";
const SIZE_AT_FIRST = 88;
// Above these sizes: the larger thumbnail is drawn; the name stands below the picture.
const LARGE = 128;
const NAMED = 96;
const CAPTION = 20;

export default mountInTurn((parent) => new Gallery(parent), (data) => data.images.ids);

class Gallery {
  constructor(parent) {
    this.marks = new Marks();
    this.size = startingSize();
    this.grid = new Grid({
      draw: (position) => this.drawCard(this.marks.order[position], position),
      dress: (card) => this.dress(card),
    });
    this.hand = new Hand({ grid: this.grid, marks: this.marks, gallery: this });
    this.bar = new Bar({
      size: this.size,
      onSize: (size) => this.resize(size),
      onMark: (action) => this.tellMarks(action),
      onClear: () => this.hand.unmark(),
    });
    this.empty = document.createElement("p");
    this.empty.className = "empty notice";
    this.empty.hidden = true;
    parent.append(this.bar.root, this.grid.root, this.empty);
    this.resize(this.size);
    this.pointing = new Pointing("gallery", (row) => this.ring(row));
    this.pointing.follow(this.grid.root, rowOf);
  }

  async draw(data) {
    const before = this.data ?? {};
    const [order, images, notes, excluded] = await Promise.all([
      fetchArray(data.order, Uint32Array),
      this.imagesFor(data.images),
      data.notes && fetchJson(data.notes),
      data.excluded && fetchArray(data.excluded, Uint8Array),
    ]);
    Object.assign(this, { data, notes, excluded });
    this.bar.offer(data.actions);
    this.arrange();
    const others = images !== this.images;
    if (others) this.takeImages(images);
    if (data.order !== before.order) this.takeOrder(order);
    // The same cards may have other colours now, or other notes.
    else if (others || data.notes !== before.notes) this.grid.redraw();
    if (data.height !== before.height) this.grid.setHeight(data.height);
    if (data.open !== before.open || data.order !== before.order) this.showOpen(data.open);
    this.marksChanged();
    if (data.order !== before.order) this.tellDrawn();
  }

  // Whoever has slow work to do may wait with it until the new images are seen.
  async tellDrawn() {
    await this.images.settle();
    const pictures = [...this.grid.root.querySelectorAll("img")];
    await Promise.allSettled(pictures.map((image) => image.decode()));
    requestAnimationFrame(() => setTimeout(() => emit("drawn", { from: "gallery" })));
  }

  async imagesFor(data) {
    return this.images?.isFor(data) ? this.images : loadImages(data);
  }

  takeImages(images) {
    const stays = this.images?.data.ids === images.data.ids;
    if (!stays) this.marks.clear();
    this.images = images;
    images.loadNames().then(() => this.name(images)).catch((error) => this.fail(error));
  }

  takeOrder(order) {
    this.places = undefined;
    this.marks.follow(order);
    this.empty.textContent = this.data.empty;
    this.empty.hidden = order.length > 0;
    this.grid.root.hidden = order.length === 0;
    this.grid.show(order.length);
  }

  name(images) {
    if (images !== this.images) return;
    for (const card of this.grid.cards.values()) nameCard(card, images);
  }

  showOpen(row) {
    this.opened = row;
    this.reveal(row);
    this.grid.dressAll();
  }

  reveal(row) {
    this.places ??= new Map(Array.from(this.marks.order, (one, position) => [one, position]));
    const position = this.places.get(row);
    if (position !== undefined) this.grid.reveal(position);
  }

  resize(size) {
    if (size > LARGE !== this.size > LARGE) this.grid.clear();
    this.size = size;
    remember(MEMORY, size);
    this.arrange();
  }

  // Names need room; notes are what the list is about.
  arrange() {
    const named = this.size >= NAMED;
    this.grid.root.classList.toggle("named", named);
    this.grid.root.classList.toggle("noted", Boolean(this.notes));
    this.grid.setSize(this.size, named || this.notes ? CAPTION : 0);
  }

  drawCard(row, position) {
    const note = this.notes?.[position];
    return drawCard(this.images, row, { large: this.size > LARGE, note });
  }

  dress(card) {
    const row = Number(card.dataset.row);
    dressCard(card, {
      marked: this.marks.has(row),
      ringed: row === this.ringed,
      opened: row === this.opened,
      excluded: Boolean(this.excluded && has(this.excluded, row)),
    });
  }

  ring(row) {
    if (!this.data) return;
    this.ringed = row;
    if (this.data.follow && row !== null) this.reveal(row);
    this.grid.dressAll();
  }

  open(position) {
    const row = this.marks.order[position];
    this.opened = row;
    this.grid.dressAll();
    emit("open", { row });
    this.tell("opened", { row });
  }

  marksChanged() {
    this.grid.root.classList.toggle("marking", this.marks.size > 0);
    this.grid.dressAll();
    this.bar.show(this.marks.order.length, this.marks.size);
  }

  tellMarks(action) {
    this.tell("marked", { action, rows: this.marks.encode(this.images.count) });
    this.hand.unmark();
  }

  fail(error) {
    this.bar.fail(`The gallery could not be drawn: ${error.message}. Reload the page.`);
    console.error(error);
  }

  remove() {
    this.pointing.remove();
    this.grid.remove();
  }
}

function startingSize() {
  const size = Number(remembered(MEMORY, SIZE_AT_FIRST));
  return size >= SMALLEST && size <= LARGEST ? size : SIZE_AT_FIRST;
}
