// Pictures in groups: fetches what Python published, and tells it which one is clicked.
import { fetchJson } from "../browser/content.js";
import { mountInTurn } from "../browser/mount.js";
import { Pointing } from "../browser/pointing.js";
import { SaveButtons } from "../browser/save_buttons.js";
import { drawFigure } from "../browser/save_part.js";
import { loadImages } from "../gallery/images.js";
import { make } from "../scatter/element.js";
import { drawTile, nameTile } from "./tile.js";

export default mountInTurn((parent) => new Tiles(parent), (data) => data.tiles);

class Tiles {
  constructor(parent) {
    this.root = make("div", "tiles", { dir: "ltr" });
    this.root.addEventListener("click", ({ target }) => this.click(target.closest("button.tile")));
    this.saving = new SaveButtons(() => drawFigure(this.root, this.data.picture));
    this.panel = make("div", "save-panel", {}, this.saving.root);
    this.panel.hidden = true;
    parent.append(this.panel, this.root);
    this.pointing = new Pointing("tiles", (row) => this.ring(row));
    this.pointing.follow(this.root, rowOf);
  }

  async draw(data) {
    const before = this.data;
    const { groups } = await fetchJson(data.tiles);
    const others = !this.images?.isFor(data.images);
    if (others) await this.takeImages(data.images);
    this.data = data;
    this.panel.hidden = !data.picture;
    if (others || data.tiles !== before?.tiles) this.take(groups);
    for (const tile of this.tiles()) {
      const [group, place] = data.chosen ?? [];
      const isIt = Number(tile.dataset.group) === group && Number(tile.dataset.place) === place;
      tile.classList.toggle("chosen", isIt);
      if (isIt) tile.setAttribute("aria-current", "true");
      else tile.removeAttribute("aria-current");
    }
  }

  async takeImages(data) {
    const images = await loadImages(data);
    this.images = images;
    const named = () => images === this.images && this.tiles().forEach((one) => nameTile(one, images));
    images.loadNames().then(named).catch((error) => this.fail(error));
  }

  // Who went through them with the keyboard goes on from where they were.
  take(groups) {
    const focused = this.root.getRootNode().activeElement?.closest?.(".tile");
    this.root.replaceChildren(...groups.map((one, at) => drawGroup(one, at, this.images)));
    this.tiles().forEach((one) => nameTile(one, this.images));
    if (!focused) return;
    const { group, place } = focused.dataset;
    this.root.querySelector(`button[data-group="${group}"][data-place="${place}"]`)?.focus();
  }

  tiles() {
    return [...this.root.querySelectorAll(".tile")];
  }

  click(tile) {
    if (!tile) return;
    this.tell("chosen", { group: Number(tile.dataset.group), place: Number(tile.dataset.place) });
  }

  ring(row) {
    for (const one of this.tiles()) one.classList.toggle("ringed", rowOf(one) === row && row !== null);
  }

  fail(error) {
    const sentence = `The pictures could not be drawn: ${error.message}. Reload the page.`;
    this.root.replaceChildren(make("p", "failed", { role: "alert" }, sentence));
    console.error(error);
  }

  remove() {
    this.pointing.remove();
    this.panel.remove();
    this.root.remove();
  }
}

function drawGroup({ title, note, tiles }, at, images) {
  const head = make("div", "head", {}, make("span", "title", {}, title));
  if (note) head.append(make("span", "note", {}, note));
  const strip = make("div", "strip");
  strip.append(...tiles.map((tile, place) => drawTile(tile, { group: at, place, images })));
  return make("section", "group", { "aria-label": title }, head, strip);
}

function rowOf(target) {
  const row = target.closest(".tile")?.dataset.row;
  return row === undefined ? null : Number(row);
}
