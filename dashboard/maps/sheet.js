// The maps of one image as a grid: one canvas, and over it a button for each map.
import { make } from "../scatter/element.js";
import { stepFrom } from "./keys.js";
import { describeEmpty, describeMap } from "./words.js";

const GAP = 3;
const SMALLEST = 36;
const LARGEST = 112;

export class Sheet {
  // `acts` knows enlarge(channel), walk(channel), close() and point(channel or null).
  constructor(acts) {
    this.acts = acts;
    this.place = 0;
    this.title = make("p", "of");
    this.canvas = make("canvas", "maps", { "aria-hidden": "true", "data-saved": "" });
    this.tiles = make("div", "tiles", { role: "listbox" });
    this.root = make("div", "sheet", {}, this.title, make("div", "grid", {}, this.canvas, this.tiles));
    this.tiles.addEventListener("click", ({ target }) => this.click(target));
    this.tiles.addEventListener("keydown", (event) => this.press(event));
    this.tiles.addEventListener("focusin", ({ target }) => this.rove(this.placeOf(target)));
    this.tiles.addEventListener("pointerover", ({ target }) => acts.point(channelOf(target)));
    this.tiles.addEventListener("pointerleave", () => acts.point(null));
  }

  // `order` has the channels as they are laid out, which may be those of another image.
  take({ title, facts, picture, order, layer }) {
    Object.assign(this, { facts, picture, order, name: title });
    const count = order.length;
    this.ranks = [];
    facts.order.forEach((channel, at) => (this.ranks[channel] = at + 1));
    const empty = describeEmpty(facts.peaks);
    this.title.textContent = empty ? `${title} · ${empty}` : title;
    this.tiles.setAttribute("aria-label", `Maps of ${layer} of ${title}`);
    // Those that stay are not taken out and put back: the one with the focus would lose it.
    const buttons = this.tiles.children;
    while (buttons.length > count) this.tiles.lastChild.remove();
    while (buttons.length < count) {
      this.tiles.append(make("button", "tile", { type: "button", role: "option" }));
    }
    [...buttons].forEach((button, at) => this.dress(button, order[at]));
    this.rove(Math.min(this.place, count - 1));
  }

  dress(button, channel) {
    const words = this.describe(channel);
    button.dataset.channel = channel;
    button.title = words;
    button.setAttribute("aria-label", words);
  }

  describe(channel) {
    const { peaks } = this.facts;
    const rank = this.ranks[channel];
    return describeMap({ channel, rank, count: peaks.length, peak: peaks[channel] });
  }

  // As large as `width` by `height` allow; where they are too many, the rest is scrolled to.
  lay(width, height) {
    if (!this.order || !width) return;
    const count = this.order.length;
    this.tile = fit(count, width, height);
    this.columns = Math.min(count, Math.max(1, Math.floor((width + GAP) / (this.tile + GAP))));
    const style = this.tiles.parentElement.style;
    style.setProperty("--tile", `${this.tile}px`);
    style.setProperty("--gap", `${GAP}px`);
    style.setProperty("--columns", this.columns);
    this.paint();
  }

  // In whole pixels of the screen, each map by itself: no neighbour bleeds into it.
  paint(least = 1) {
    const dense = Math.max(least, window.devicePixelRatio);
    const step = Math.round((this.tile + GAP) * dense);
    const side = step - Math.round(GAP * dense);
    const rows = Math.ceil(this.order.length / this.columns);
    const { canvas } = this;
    canvas.width = this.columns * step;
    canvas.height = rows * step;
    canvas.style.width = `${this.columns * (this.tile + GAP)}px`;
    canvas.style.height = `${rows * (this.tile + GAP)}px`;
    const brush = canvas.getContext("2d");
    const source = this.tileSize();
    brush.imageSmoothingEnabled = side < source.width;
    this.order.forEach((channel, at) => {
      const { x, y, width, height } = this.cut(channel, source);
      const left = (at % this.columns) * step;
      const top = Math.floor(at / this.columns) * step;
      brush.drawImage(this.picture, x, y, width, height, left, top, side, side);
    });
  }

  tileSize() {
    const { columns, peaks } = this.facts;
    const rows = Math.ceil(peaks.length / columns);
    return { width: this.picture.width / columns, height: this.picture.height / rows };
  }

  // Where a channel is in the picture of all.
  cut(channel, { width, height } = this.tileSize()) {
    const { columns } = this.facts;
    return { x: (channel % columns) * width, y: Math.floor(channel / columns) * height, width, height };
  }

  mark(channel) {
    for (const one of this.tiles.children) {
      one.setAttribute("aria-selected", String(channelOf(one) === channel));
    }
  }

  ring(channel) {
    this.tiles.querySelector(".ringed")?.classList.remove("ringed");
    if (channel !== null) this.tileOf(channel)?.classList.add("ringed");
  }

  tileOf(channel) {
    return this.tiles.querySelector(`[data-channel="${channel}"]`);
  }

  click(target) {
    const channel = channelOf(target);
    if (channel !== null) this.acts.enlarge(channel);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      this.acts.close();
      return;
    }
    const next = stepFrom(this.place, event.key, { columns: this.columns, count: this.order.length });
    if (next === undefined) return;
    event.preventDefault();
    this.tiles.children[next].focus();
    this.acts.walk(this.order[next]);
  }

  placeOf(target) {
    return Math.max(0, [...this.tiles.children].indexOf(target.closest(".tile")));
  }

  // One tab stop: whoever passes by with the keyboard need not go through 512 maps.
  rove(place) {
    this.place = place;
    for (const one of this.tiles.children) one.tabIndex = -1;
    if (this.tiles.children[place]) this.tiles.children[place].tabIndex = 0;
  }
}

function fit(count, width, height) {
  for (let tile = LARGEST; tile > SMALLEST; tile--) {
    const columns = Math.floor((width + GAP) / (tile + GAP));
    if (Math.ceil(count / columns) * (tile + GAP) <= height) return tile;
  }
  return SMALLEST;
}

function channelOf(target) {
  const tile = target.closest(".tile");
  return tile ? Number(tile.dataset.channel) : null;
}
