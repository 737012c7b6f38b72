// One group: its images in a row, one of them chosen to stay, and what can be done with the others.
import { number } from "../browser/counts.js";
import { drawOpener, nameOpener, rowOf } from "../gallery/opener.js";
import { make } from "../scatter/element.js";

let made = 0;

export class Group {
  // `acts` knows stay(group), bringBack(group), select(group), open(row) and changed().
  constructor({ title, rows, notes, paths, n_paths: nPaths }, at, { images, acts }) {
    Object.assign(this, { title, rows, at, images, acts });
    this.stays = rows[0];
    this.isOut = () => false;
    this.choice = `stays-${made++}`;
    this.tiles = notes.map((lines, place) => this.drawTile(rows[place], lines));
    this.strip = make("div", "strip", { role: "group", "aria-label": title }, ...this.tiles);
    if (rows.length > notes.length) this.strip.append(this.drawMore(rows.length - notes.length));
    if (nPaths) this.strip.append(drawPaths(paths, nPaths));
    this.root = make("li", "group", {}, this.drawHead(), this.strip);
  }

  drawHead() {
    this.select = button("Select", () => this.acts.select(this));
    this.select.title = "Show these images on the map";
    this.exclude = button("", () => this.acts.stay(this));
    this.back = button("Include all again", () => this.acts.bringBack(this));
    const title = make("span", "title", {}, this.title);
    return make("div", "head", {}, title, this.exclude, this.back, this.select);
  }

  drawTile(row, lines) {
    const image = drawOpener(row, this.images);
    image.addEventListener("click", () => this.acts.open(row));
    const file = make("span", "file");
    const texts = lines.map((line) => make("span", "note", {}, line));
    const parts = [image, file, ...texts];
    if (this.rows.length > 1) parts.push(this.drawChoice(row));
    return make("div", "tile", { "data-row": row }, ...parts);
  }

  drawChoice(row) {
    const radio = make("input", "", { type: "radio", name: this.choice, value: row });
    radio.addEventListener("change", () => this.choose(row));
    return make("label", "choice", {}, radio, make("span", "word", {}, "stays"));
  }

  drawMore(count) {
    const more = button(`+ ${number(count)} more`, () => this.acts.select(this));
    more.classList.add("more");
    more.title = "Select the group, to see all of them";
    return more;
  }

  choose(row) {
    this.stays = row;
    this.dress();
    this.acts.changed();
  }

  get stay() {
    return [this.at, this.stays];
  }

  // What would be excluded; nothing where nobody would stay.
  get others() {
    if (this.isOut(this.stays)) return [];
    return this.rows.filter((row) => row !== this.stays && !this.isOut(row));
  }

  dress({ isOut = this.isOut, open = this.open, ringed = this.ringed } = {}) {
    Object.assign(this, { isOut, open, ringed });
    if (isOut(this.stays)) this.stays = this.rows.find((row) => !isOut(row)) ?? this.stays;
    for (const tile of this.tiles) this.dressTile(tile);
    const { length } = this.others;
    this.exclude.hidden = !length;
    this.exclude.textContent = length === 1 ? "Exclude the other" : `Exclude the other ${number(length)}`;
    this.back.hidden = !this.rows.some(isOut);
  }

  dressTile(tile) {
    const row = Number(tile.dataset.row);
    const image = tile.querySelector(".image");
    const out = this.isOut(row);
    tile.classList.toggle("excluded", out);
    image.classList.toggle("open", row === this.open);
    image.classList.toggle("ringed", row === this.ringed);
    const radio = tile.querySelector("input");
    if (!radio) return;
    radio.checked = row === this.stays && !out;
    radio.disabled = out;
    tile.querySelector(".word").textContent = out ? "excluded" : "stays";
  }

  name() {
    for (const tile of this.tiles) {
      const image = tile.querySelector(".image");
      nameOpener(image, this.images);
      const name = this.images.name(rowOf(image));
      const file = tile.querySelector(".file");
      file.textContent = this.images.caption(rowOf(image));
      file.title = name;
      tile.querySelector("input")?.setAttribute("aria-label", `${name} stays`);
    }
  }
}

function drawPaths(paths, count) {
  const lines = paths.map((path) => make("li", "path", { title: path }, path));
  const left = count - paths.length;
  if (left) lines.push(make("li", "path", {}, `and ${number(left)} more`));
  return make("ul", "paths", { "aria-label": "Files" }, ...lines);
}

function button(text, act) {
  const one = make("button", "text-button", { type: "button" }, text);
  one.addEventListener("click", act);
  return one;
}
