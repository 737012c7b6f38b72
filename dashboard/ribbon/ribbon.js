// The ribbon: fetches what Python published, draws it, and tells Python what is chosen.
import { fetchJson } from "../browser/content.js";
import { mountInTurn } from "../browser/mount.js";
import { SaveButtons } from "../browser/save_buttons.js";
import { drawFigure } from "../browser/save_part.js";
import { emit } from "../browser/signals.js";
import { loadImages } from "../gallery/images.js";
import { Face } from "./face.js";
import { Flows } from "./flows.js";
import { Hand } from "./hand.js";
import { layOut } from "./layout.js";
import { connected, findItem, nameItem, readColumns } from "./model.js";
import { drawNode, drawTitle, placeNode, placeTitle } from "./nodes.js";

export default mountInTurn((parent) => new Ribbon(parent), (data) => data.ribbon);

class Ribbon {
  constructor(parent) {
    this.columns = [];
    this.items = new Map(); // of elements
    this.elements = new Map(); // of items
    this.flows = new Flows();
    const saving = new SaveButtons(() => drawFigure(this.face.scroller, this.data.picture));
    const clear = () => this.clear();
    this.face = new Face(parent, { flows: this.flows, clear, saving });
    new Hand(this.face, this);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.face.scroller);
  }

  async draw(data) {
    const before = this.data;
    const [content, images] = await Promise.all([fetchJson(data.ribbon), this.imagesOf(data)]);
    const others = images !== this.images || before?.ribbon !== data.ribbon;
    this.images = images;
    this.data = data;
    this.face.followTheme();
    if (others || before.height !== data.height) this.take(content);
    this.chosen = findItem(this.columns, data.chosen);
    this.markCurrent();
    this.dress();
    if (others || before.current !== data.current) this.bringCurrent(before !== undefined);
    this.face.shade();
  }

  // Which cluster an image is in now is of no matter here: only other pictures are.
  async imagesOf(data) {
    const known = this.images?.data;
    const same = ["ids", "small", "packed"].every((name) => known?.[name] === data.images[name]);
    return same ? this.images : loadImages(data.images);
  }

  take(content) {
    const focused = this.focusedName();
    this.forget();
    this.columns = readColumns(content);
    this.face.prepare(this.data, !this.columns.length);
    const layout = this.layOut();
    const nodes = this.columns.flatMap((column) => column.nodes);
    for (const column of this.columns) this.register(column, drawTitle(column));
    for (const node of nodes) {
      this.register(node, drawNode(node, layout.places.get(node), this.images));
    }
    this.flows.take(this.columns, (flow, path) => this.register(flow, path));
    this.place(layout);
    this.face.titles.replaceChildren(...this.columns.map((one) => this.elements.get(one)));
    this.face.nodes.replaceChildren(...nodes.map((one) => this.elements.get(one)));
    this.flows.show();
    this.refocus(focused);
  }

  forget() {
    this.chosen = this.hovered = this.focused = null;
    this.point();
    this.items.clear();
    this.elements.clear();
  }

  register(item, element) {
    this.items.set(element, item);
    this.elements.set(item, element);
  }

  layOut() {
    const width = this.face.scroller.clientWidth;
    return layOut(this.columns, { width, height: this.data.height });
  }

  resize() {
    const { clientWidth } = this.face.scroller;
    if (!this.columns.length || !clientWidth) return; // on the way out of the page, too
    if (clientWidth !== this.layout.given) this.place(this.layOut());
    this.face.shade();
  }

  place(layout) {
    const { places, nodeWidth } = layout;
    this.layout = layout;
    this.face.resize(layout);
    this.flows.place(layout);
    for (const column of this.columns) {
      placeTitle(this.elements.get(column), places.get(column), nodeWidth);
      for (const node of column.nodes) {
        placeNode(this.elements.get(node), places.get(node), nodeWidth);
      }
    }
    this.markCurrent();
    this.dress();
  }

  markCurrent() {
    for (const column of this.columns) {
      const title = this.elements.get(column);
      title.classList.toggle("current", column.at === this.data.current);
      title.setAttribute("aria-current", String(column.at === this.data.current));
    }
    const current = this.columns[this.data.current];
    this.face.markBand(current ? this.layout.places.get(current) : null, this.layout.nodeWidth);
  }

  bringCurrent(glides) {
    const current = this.columns[this.data.current];
    if (!current) return;
    this.face.bring(this.layout.places.get(current).x, this.layout.nodeWidth, { glides });
  }

  dress() {
    const pointed = [this.hovered, this.focused].find((item) => item && item.kind !== "column");
    const subject = pointed ?? this.chosen;
    const { nodes, flows } = connected(subject);
    this.flows.light(flows, { chosen: this.chosen, focused: this.focused });
    this.face.stage.classList.toggle("faded", Boolean(subject));
    this.face.stage.classList.toggle("calm", !pointed);
    for (const column of this.columns) {
      for (const node of column.nodes) this.dressNode(node, nodes, subject);
    }
    this.face.say(subject, this.chosen);
  }

  dressNode(node, lit, subject) {
    const element = this.elements.get(node);
    element.classList.toggle("lit", lit.has(node));
    element.classList.toggle("subject", node === subject);
    element.classList.toggle("chosen", node === this.chosen);
    element.setAttribute("aria-pressed", String(node === this.chosen));
  }

  itemOf(element) {
    return this.items.get(element?.closest?.(".node, .title, .flow")) ?? null;
  }

  // Ribbons let the pointer through: it is nearest to one of them, or to none.
  itemAt(event) {
    const item = this.itemOf(event.target);
    if (item || !event.target.closest(".stage")) return item;
    const { left, top } = this.face.stage.getBoundingClientRect();
    return this.flows.at(this.columns, event.clientX - left, event.clientY - top);
  }

  hover(item) {
    if (item === (this.hovered ?? null)) return;
    this.hovered = item;
    this.face.stage.classList.toggle("over", item !== null);
    this.point();
    this.dress();
  }

  focus(item) {
    const element = this.elements.get(item);
    this.rove(element);
    // After a click the choice stands out; the keys need to show where they are.
    this.focused = element.matches(":focus-visible") ? item : null;
    this.point();
    this.dress();
  }

  blur() {
    this.focused = null;
    this.point();
    this.dress();
  }

  walkTo(item) {
    this.takeFocus(item);
    this.elements.get(item).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  takeFocus(item) {
    if (item.kind === "flow") this.flows.reach(item);
    this.elements.get(item).focus({ preventScroll: true });
  }

  // One of all is reached by Tab, the others from there by arrows.
  rove(element) {
    this.roving?.setAttribute("tabindex", "-1");
    element.setAttribute("tabindex", "0");
    this.roving = element;
  }

  choose(item) {
    const [event, value] = nameItem(item);
    if (item.kind !== "column") this.chosen = item; // Python confirms it
    this.takeFocus(item);
    this.dress();
    this.tell(event, value);
  }

  clear() {
    this.chosen = null;
    this.dress();
    this.tell("cleared", {});
  }

  point() {
    const item = this.hovered ?? this.focused;
    const row = item?.kind === "node" ? item.medoid : null;
    if (row === (this.pointed ?? null)) return;
    this.pointed = row;
    emit("point", { row, from: "ribbon" });
  }

  focusedName() {
    const item = this.itemOf(this.face.root.getRootNode().activeElement);
    return item && { title: (item.column ?? item).title, ...nameItem(item)[1] };
  }

  // Who goes through the clusters with the keys goes on from there when they are drawn anew; the
  // column may be another one by then.
  refocus(name) {
    const column = this.columns.findIndex(({ title }) => title === name?.title);
    const item = findItem(this.columns, { ...name, column });
    const first = this.columns[this.data.current] ?? this.columns[0];
    if (item) this.takeFocus(item);
    else if (first) this.rove(this.elements.get(first.nodes[0] ?? first));
  }

  fail(error) {
    this.face.fail(error);
    console.error(error);
  }

  remove() {
    this.resizing.disconnect();
    this.hovered = this.focused = null;
    this.point();
  }
}
