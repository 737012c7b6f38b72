// The images of a strip: as many as fit in two lines, and a last tile that stands for the others.
import { countImages, number } from "../browser/counts.js";
import { follow } from "../gallery/geometry.js";
import { drawOpener } from "../gallery/opener.js";
import { make } from "../scatter/element.js";

// In pixels; the style sheet has the gap, too.
const SIDE = 52;
const GAP = 4;
const LINES = 2;
const MORE_AT_ONCE = 200;

export class Line {
  // `rows` of `count` images; `onMore` gets how many are shown, `onAll` is called for what has
  // no row here, and `dress` brings a new image's looks up to date.
  constructor({ rows, count, images, dress, onOpen, onMore, onAll }) {
    Object.assign(this, { rows, count, images, dress, onOpen, onMore, onAll });
    Object.assign(this, { columns: 1, room: 0, active: 0, buttons: [] });
    this.root = make("div", "line", { role: "group", "aria-label": "The images" });
    this.root.setAttribute("aria-description", "Arrow keys move, Enter opens, Escape leaves.");
    this.more = make("button", "more", { type: "button" });
    this.more.addEventListener("click", () => this.grow());
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("focusin", (event) => this.rove(event.target));
  }

  fit(width) {
    this.columns = Math.max(1, Math.floor((width + GAP) / (SIDE + GAP)));
    this.root.style.setProperty("--columns", this.columns);
    this.render();
  }

  render() {
    const room = Math.max(this.room, LINES * this.columns);
    const shown = Math.min(this.rows.length, this.count > room ? room - 1 : room);
    for (const button of this.buttons.splice(shown)) button.remove();
    this.more.remove();
    for (const row of this.rows.slice(this.buttons.length, shown)) this.add(row);
    if (shown < this.count) this.offer(shown);
    this.rove(this.items[Math.min(this.active, this.items.length - 1)]);
  }

  add(row) {
    const button = drawOpener(row, this.images);
    button.addEventListener("click", () => this.onOpen(row));
    this.dress(button);
    this.buttons.push(button);
    this.root.append(button);
  }

  offer(shown) {
    const left = this.count - shown;
    const next = Math.min(MORE_AT_ONCE, this.rows.length - shown);
    const all = `Select all ${countImages(this.count)}, to see the other ${number(left)}`;
    const label = next > 0 ? `Show ${number(next)} more` : all;
    this.more.title = label;
    this.more.setAttribute("aria-label", label);
    this.more.replaceChildren(make("span", "", {}, `+ ${number(left)}`), make("small", "", {}, "more"));
    this.root.append(this.more);
  }

  grow() {
    const { length } = this.buttons;
    if (length === this.rows.length) return this.onAll();
    this.room = length + MORE_AT_ONCE + 1; // the tile has room, too
    this.render();
    this.buttons[length].focus();
    this.onMore(this.buttons.length);
  }

  press(event) {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey || ctrlKey || metaKey || shiftKey) return;
    const { columns, items } = this;
    const grid = { count: items.length, columns, pitch: 1, view: LINES };
    const target = follow(key, this.active, grid);
    if (target === null) return;
    event.preventDefault();
    event.stopPropagation();
    items[target].focus();
  }

  get items() {
    return this.more.isConnected ? [...this.buttons, this.more] : this.buttons;
  }

  // Tab reaches one of them, the arrows the others.
  rove(target) {
    this.items.forEach((item, at) => {
      item.tabIndex = item === target ? 0 : -1;
      if (item === target) this.active = at;
    });
  }
}
