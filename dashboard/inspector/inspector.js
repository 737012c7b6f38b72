// The inspector: shows an image at once when it is asked for, and its facts when Python has them.
import { fetchArray } from "../browser/content.js";
import { mountInTurn } from "../browser/mount.js";
import { Pointing } from "../browser/pointing.js";
import { emit } from "../browser/signals.js";
import { iconButton } from "../gallery/icons.js";
import { loadImages } from "../gallery/images.js";
import { make } from "../scatter/element.js";
import { drawFacts } from "./facts.js";
import { listenToKeys } from "./keys.js";
import { Neighbors } from "./neighbors.js";
import { Stage } from "./stage.js";
import { Walk } from "./walk.js";

// After this long an answer of Python's counts, though it is not the one that was asked for.
const PATIENCE_MS = 3000;

export default mountInTurn((parent) => new Inspector(parent), (data) => data.images.ids);

class Inspector {
  constructor(parent) {
    this.walk = new Walk();
    this.stage = new Stage();
    this.stage.root.addEventListener("pointerenter", () => this.pointing.at(this.row ?? null));
    this.stage.root.addEventListener("pointerleave", () => this.pointing.at(null));
    this.neighbors = new Neighbors({
      onOpen: (row) => this.open(row),
      onPoint: (row) => this.pointing.at(row),
      onEdges: (drawn) => this.tell("edges", { drawn }),
    });
    this.facts = make("div", "facts-box");
    this.root = make("section", "inspector");
    this.root.tabIndex = -1;
    this.root.setAttribute("aria-label", "The open image");
    const body = make("div", "body");
    body.append(this.stage.root, this.facts);
    this.root.append(this.drawHead(), body, this.neighbors.root);
    parent.append(this.root);
    this.stop = listenToKeys(this.root, (meaning) => this.act(meaning));
    this.pointing = new Pointing("inspector", (row) => this.neighbors.ring(row));
  }

  drawHead() {
    this.title = make("h3", "title");
    this.place = make("span", "place");
    this.place.setAttribute("role", "status");
    this.back = iconButton("left", "Previous (Left arrow, or [ anywhere)", () => this.act("previous"));
    this.forth = iconButton("right", "Next (Right arrow, or ] anywhere)", () => this.act("next"));
    const close = iconButton("close", "Close (Esc)", () => this.act("close"));
    const head = make("header", "head");
    head.append(this.title, this.place, this.back, this.forth, close);
    return head;
  }

  async draw(data) {
    const order = data.order ? await fetchArray(data.order, Uint32Array) : new Uint32Array();
    if (!this.images?.isFor(data.images)) await this.takeImages(data.images);
    if (data.order !== this.data?.order) this.walk.follow(order);
    this.data = data;
    // The answer to an earlier press must not bring its image back.
    if (this.asked === undefined || this.asked === data.row) this.settle();
  }

  async takeImages(data) {
    const images = await loadImages(data);
    this.images = images;
    images.loadNames().then(() => this.name(images)).catch((error) => this.fail(error));
  }

  settle() {
    clearTimeout(this.timer);
    this.asked = undefined;
    const { data } = this;
    this.root.classList.remove("waiting");
    this.facts.replaceChildren(drawFacts(data.facts));
    this.neighbors.show(data, this.images);
    this.showImage(data.row, data.title);
  }

  showImage(row, title) {
    this.row = row;
    if (this.stage.root.matches(":hover")) this.pointing.at(row);
    this.title.textContent = title.split("/").pop(); // all of it is among the facts
    this.title.title = title;
    this.stage.show({
      thumbnail: this.images.thumbnail(row),
      full: this.images.address(this.data.full, row),
      title,
    });
    this.walk.go(row);
    this.place.textContent = this.walk.describe();
    this.back.disabled = this.walk.previous() === null;
    this.forth.disabled = this.walk.next() === null;
    this.fetchNext();
  }

  // The one that most likely follows is in the browser before it is asked for.
  fetchNext() {
    const next = this.walk.next();
    if (next !== null) new Image().src = this.images.thumbnail(next);
  }

  name(images) {
    if (images === this.images) this.neighbors.name(images);
  }

  act(meaning) {
    if (meaning === "close") {
      this.tell("opened", { row: null });
      return;
    }
    const row = this.images && this.walk[meaning]();
    if (row !== null && row !== undefined) this.open(row);
  }

  open(row) {
    if (row === this.row) return;
    this.asked = row;
    this.root.classList.add("waiting");
    this.showImage(row, this.images.name(row));
    this.timer = setTimeout(() => this.settle(), PATIENCE_MS);
    emit("open", { row });
    this.tell("opened", { row });
  }

  fail(error) {
    this.title.textContent = `The image could not be shown: ${error.message}. Reload the page.`;
    console.error(error);
  }

  remove() {
    clearTimeout(this.timer);
    this.stop();
    this.pointing.remove();
  }
}
