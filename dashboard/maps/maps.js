// The maps of a layer: fetches what Python published, tells it which layer and which map is wanted.
import { fetchJson } from "../browser/content.js";
import { mountInTurn } from "../browser/mount.js";
import { SaveButtons } from "../browser/save_buttons.js";
import { drawFigure } from "../browser/save_part.js";
import { make } from "../scatter/element.js";
import { listenToBrackets } from "./keys.js";
import { fetchPicture } from "./pictures.js";
import { Sheet } from "./sheet.js";
import { Stage } from "./stage.js";

// Who walks through the maps with the arrows sees each at once; Python is told where they stay.
const STAY_MS = 200;
const PRINT = 2;
const ANSWER_MS = 4000;
const TRIES = 3;

export default mountInTurn((parent) => new Maps(parent));

class Maps {
  constructor(parent) {
    this.sheets = [];
    this.channel = null;
    this.pane = make("div", "pane");
    this.stage = new Stage(() => this.close(), () => this.data.picture);
    this.saving = new SaveButtons(() => this.drawPicture());
    this.saving.show(["png"]);
    this.saving.root.hidden = true; // until there is something to save
    this.status = make("div", "spoken", { role: "status" });
    const side = make("div", "side", {}, make("div", "save-panel", {}, this.saving.root), this.pane);
    this.root = make("div", "feature-maps", { dir: "ltr" }, side, this.stage.root);
    parent.append(this.root, this.status);
    this.stop = listenToBrackets((by) => this.step(by));
    // In the next frame: a change of size within the report of one is an error.
    this.sizes = new ResizeObserver(() => requestAnimationFrame(() => this.lay()));
    this.sizes.observe(this.pane);
  }

  // What was overtaken while it waited or loaded is not drawn.
  async draw(data, isLatest) {
    if (!isLatest()) return;
    const images = await Promise.all(data.images.map(load));
    if (!isLatest()) return;
    const news = this.data && this.data.layer !== data.layer;
    this.data = data;
    this.images = images;
    if (this.wanted === data.layer) this.stopAsking();
    this.takeSheets();
    this.follow(news);
    this.root.setAttribute("aria-busy", "false");
    this.saving.root.hidden = false;
    this.root.dataset.layer = data.layer;
    if (news) this.status.textContent = `${data.layer}: ${data.n_maps} maps`;
  }

  takeSheets() {
    const { data, images } = this;
    const order = data.order === "number" ? [...images[0].facts.order.keys()] : images[0].facts.order;
    while (this.sheets.length < images.length) this.sheets.push(new Sheet(this.acts()));
    this.sheets.length = images.length;
    const roots = this.sheets.map((one) => one.root);
    if (roots.some((one, at) => this.pane.children[at] !== one) || this.pane.children.length > roots.length) {
      this.pane.replaceChildren(...roots);
    }
    this.pane.style.setProperty("--images", images.length);
    images.forEach((image, at) => {
      this.sheets[at].take({ ...image, order, layer: data.layer });
    });
    this.lay();
  }

  acts() {
    return {
      enlarge: (channel) => this.enlarge(channel),
      walk: (channel) => this.channel !== null && this.enlarge(channel, STAY_MS),
      close: () => this.close(),
      point: (channel) => this.sheets.forEach((one) => one.ring(channel)),
    };
  }

  lay() {
    if (!this.images) return;
    const { clientWidth, clientHeight } = this.pane;
    const n = this.sheets.length;
    const style = getComputedStyle(this.pane);
    const width = (clientWidth - (n - 1) * Number.parseFloat(style.columnGap || "0")) / n;
    const title = this.sheets[0].title.offsetHeight;
    const most = Number.parseFloat(style.maxHeight) || clientHeight;
    for (const one of this.sheets) one.lay(Math.floor(width) - 4, most - title - 8);
  }

  // Twice as dense as on most screens, for as long as it is drawn.
  drawPicture() {
    for (const one of this.sheets) one.paint(PRINT);
    try {
      return drawFigure(this.pane, this.data.picture);
    } finally {
      for (const one of this.sheets) one.paint();
    }
  }

  // What Python says is enlarged, unless somebody has gone on since.
  follow(news) {
    const { enlarged } = this.data;
    if (news) this.asked = undefined;
    // A click just before the next layer's key may not have reached Python: what is open stays so.
    if (news && enlarged === null && this.channel !== null) {
      this.enlarge(this.images[0].facts.order[0]);
      return;
    }
    if (this.asked !== undefined && this.asked !== enlarged) {
      if (this.channel !== null) this.show();
      return;
    }
    this.asked = undefined;
    this.channel = enlarged;
    if (enlarged === null) this.hide();
    else this.show();
  }

  enlarge(channel, later = 0) {
    this.channel = channel;
    this.asked = channel;
    this.show();
    clearTimeout(this.timer);
    const { layer } = this.data;
    this.timer = setTimeout(() => this.tell("enlarged", { layer, channel }), later);
  }

  show() {
    const { channel, data } = this;
    const shown = this.images.map((image, at) => ({
      ...image,
      words: this.sheets[at].describe(channel),
      ...this.pictureOf(image, at),
    }));
    this.stage.take(channel, data.layer, shown);
    for (const one of this.sheets) one.mark(channel);
  }

  // The map with all of its values, where they have come; else as the sheet has it.
  pictureOf({ picture, whole }, at) {
    if (!whole || this.data.enlarged !== this.channel) {
      return { picture, cut: this.sheets[at].cut(this.channel) };
    }
    return { picture: whole, cut: { x: 0, y: 0, width: whole.width, height: whole.height } };
  }

  hide() {
    this.stage.hide();
    for (const one of this.sheets) one.mark(null);
  }

  close() {
    if (this.channel === null) return;
    const tile = this.sheets[0].tileOf(this.channel);
    const hadFocus = this.stage.root.contains(this.stage.root.getRootNode().activeElement);
    clearTimeout(this.timer);
    this.channel = null;
    this.asked = null;
    this.hide();
    if (hadFocus) tile?.focus({ preventScroll: true });
    this.tell("enlarged", { layer: this.data.layer, channel: null });
  }

  step(by) {
    const { layers, layer } = this.data ?? {};
    if (!layers) return;
    const next = layers[layers.indexOf(this.wanted ?? layer) + by];
    if (!next) return;
    this.wanted = next;
    this.root.setAttribute("aria-busy", "true");
    this.ask(next, TRIES);
  }

  // What is told while Python still hears something else can get lost: it is told again.
  ask(layer, tries) {
    this.tell("asked", { layer });
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => (tries > 1 ? this.ask(layer, tries - 1) : this.giveUp()), ANSWER_MS);
  }

  stopAsking() {
    clearTimeout(this.waiting);
    this.wanted = undefined;
  }

  giveUp() {
    this.stopAsking();
    this.root.setAttribute("aria-busy", "false");
  }

  fail(error) {
    this.status.textContent = "";
    const sentence = `The maps could not be drawn: ${error.message}. Reload the page.`;
    this.pane.replaceChildren(make("p", "notice", { role: "alert" }, sentence));
    console.error(error);
  }

  remove() {
    this.stop();
    this.sizes.disconnect();
    clearTimeout(this.timer);
    clearTimeout(this.waiting);
  }
}

async function load({ title, square, sheet, facts, enlarged }) {
  const [saw, picture, found, whole] = await Promise.all([
    fetchPicture(square),
    fetchPicture(sheet),
    fetchJson(facts),
    enlarged ? fetchPicture(enlarged) : null,
  ]);
  return { title, square: saw, picture, facts: found, covers: found.covers, whole };
}
