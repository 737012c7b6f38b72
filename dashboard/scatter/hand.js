// What the user does on the map by pointer and keys, and what comes of it.

import { bitsOf, emptyBits } from "../browser/bits.js";
import { SaveButtons } from "../browser/save_buttons.js";
import { listenToKeys } from "./keys.js";
import { Outline, rowsInside } from "./lasso.js";
import { around, nearest } from "./nearest.js";
import { drawPicture, kindsOf } from "./picture.js";
import { markerSize } from "./points.js";
import { Pointer } from "./pointer.js";
import { Toolbar } from "./toolbar.js";
import { nextRow } from "./walk.js";

const REACH_PX = 8;
const PREFETCHED = 12;
const PREFETCH_REACH_PX = 120;
const PREFETCH_AFTER_MS = 50;

export class Hand {
  constructor(map) {
    this.map = map;
    this.face = map.face;
    this.outline = new Outline(map.face.overlay.above);
    this.saving = new SaveButtons(() => drawPicture(map));
    const { root } = this.saving;
    this.toolbar = new Toolbar((mode) => this.take(mode), (how) => this.zoom(how), root);
    map.face.stage.append(this.toolbar.root);
    this.take("lasso");
    for (const name of ["pointerdown", "wheel", "keydown"]) {
      const first = { capture: true, passive: true };
      map.face.stage.addEventListener(name, () => map.motion.catchUp(), first);
    }
    this.pointer = new Pointer(map.face.stage, this.pointerActs());
    listenToKeys(map.face.stage, this.keyActs(), this.pointer);
    map.face.stage.addEventListener("blur", () => this.hover(null));
  }

  get view() {
    return this.map.figure.view;
  }

  /** Once the map is drawn: it can be saved where it is known what made it. */
  offerPicture() {
    const { data, figure } = this.map;
    this.saving.show(data.picture ? kindsOf(figure) : []);
  }

  take(mode) {
    this.mode = mode;
    this.toolbar.press(mode);
    this.face.stage.dataset.mode = mode;
  }

  zoom(how) {
    if (!this.map.facts) return;
    if (how === "reset") this.view.show(null);
    else this.view.zoom(how === "in" ? 1 / 1.5 : 1.5);
  }

  pointerActs() {
    return {
      mode: () => this.mode,
      area: () => (this.map.facts ? this.view.area : null),
      moved: (place, event) => this.hover(this.at(place), [event.clientX, event.clientY], place),
      left: () => this.hover(null),
      began: (place) => this.begin(place),
      extended: (place) => this.outline.extend(place),
      ended: (event) => this.finish(event),
      cancelled: () => this.outline.end(),
      clicked: (place, event) => this.click(place, event),
      doubled: (place) => this.at(place) === null && this.zoom("reset"),
    };
  }

  keyActs() {
    return {
      walk: (direction) => this.walk(direction),
      open: () => this.map.focused !== null && this.choose([], "add", this.map.focused),
      toggle: () => this.map.focused !== null && this.choose([this.map.focused], "toggle"),
      clear: () => this.clear(),
      zoom: (how) => this.zoom(how),
      mode: (mode) => this.take(mode),
    };
  }

  choose(rows, how, opened = null) {
    this.map.select(bitsOf(rows, this.map.figure.points.n), how, opened);
  }

  /** Ends what is being drawn; if nothing is, nothing stays selected. */
  clear() {
    if (!this.map.facts || this.pointer.cancel()) return;
    this.map.focused = null;
    this.hover(null);
    this.map.choose(emptyBits(this.map.figure.points.n));
    this.face.say("Nothing selected");
  }

  /** The row under a place, or null. */
  at(place) {
    const { points, shown } = this.map.figure;
    const thumbnail = this.face.overlay.thumbnails.at(place);
    const reach = Math.max(markerSize(points.n) / 2 + 3, REACH_PX);
    return thumbnail ?? nearest(this.view.pixels(), shown, place, reach);
  }

  hover(row, pointer = null, place = null) {
    if (row === null) this.face.card.hide();
    else this.face.card.show(row, this.map.facts.of(row), pointer);
    this.face.stage.classList.toggle("over", row !== null);
    if (row === this.hovered) return;
    this.hovered = row;
    this.map.hover(row);
    clearTimeout(this.prefetching);
    if (place) this.prefetching = setTimeout(() => this.prefetch(place), PREFETCH_AFTER_MS);
  }

  /** Where the pointer may go next: those images are then there at once. */
  prefetch(place) {
    const { shown } = this.map.figure;
    const rows = around(this.view.pixels(), shown, place, PREFETCH_REACH_PX, PREFETCHED);
    for (const row of rows) new Image().src = this.map.facts.address(row);
  }

  begin(place) {
    this.hover(null);
    this.outline.begin(this.mode, place);
  }

  finish(event) {
    const polygon = this.outline.end();
    if (polygon.length < 3) return;
    const { present } = this.map.figure;
    const drawn = rowsInside(polygon, this.view.pixels(), present, this.view.area);
    this.map.select(drawn, howOf(event));
  }

  click(place, event) {
    const row = this.at(place);
    if (row === null) return;
    const how = howOf(event);
    this.choose([row], how, how === "remove" ? null : row);
  }

  async walk(direction) {
    const { map } = this;
    if (!map.facts) return;
    const row = nextRow(this.view, map.figure.shown, map.focused, direction);
    if (row === null) return;
    map.focused = row;
    const [x, y] = this.placeOf(row);
    await this.view.reveal(x, y);
    map.refresh();
    this.introduce(row);
  }

  /** What the pointer would show, for the keys. */
  introduce(row) {
    const { left, top } = this.face.plot.getBoundingClientRect();
    const [x, y] = this.placeOf(row);
    const { area } = this.view;
    this.hover(row, [left + area.left + x, top + area.top + y]);
    this.face.say(this.map.facts.tell(row));
  }

  placeOf(row) {
    const pixels = this.view.pixels();
    return [pixels[2 * row], pixels[2 * row + 1]];
  }

  remove() {
    clearTimeout(this.prefetching);
    this.pointer.remove();
    this.map.hover(null);
  }
}

function howOf({ shiftKey, altKey }) {
  if (altKey) return "remove";
  return shiftKey ? "add" : "replace";
}
