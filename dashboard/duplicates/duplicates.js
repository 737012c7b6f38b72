// Groups of duplicates: fetches what Python published, and tells it what stays and what goes.
import { has } from "../browser/bits.js";
import { fetchArray, fetchJson } from "../browser/content.js";
import { countImages } from "../browser/counts.js";
import { mountInTurn } from "../browser/mount.js";
import { Pointing } from "../browser/pointing.js";
import { emit } from "../browser/signals.js";
import { loadImages } from "../gallery/images.js";
import { rowOf } from "../gallery/opener.js";
import { make } from "../scatter/element.js";
import { Group } from "./group.js";

export default mountInTurn((parent) => new Duplicates(parent), (data) => data.groups);

class Duplicates {
  constructor(parent) {
    this.groups = [];
    this.all = make("button", "text-button all", { type: "button" });
    this.all.addEventListener("click", () => this.stayAll());
    this.list = make("ol", "groups");
    this.root = make("div", "duplicates", {}, this.all, this.list);
    parent.append(this.root);
    this.pointing = new Pointing("duplicates", (row) => this.ring(row));
    this.pointing.follow(this.list, rowOf);
  }

  async draw(data) {
    const [{ groups }, excluded, images] = await Promise.all([
      fetchJson(data.groups),
      data.excluded && fetchArray(data.excluded, Uint8Array),
      this.images?.isFor(data.images) ? this.images : loadImages(data.images),
    ]);
    const others = images !== this.images;
    const isNew = data.groups !== this.data?.groups || others;
    Object.assign(this, { data, images, excluded });
    if (isNew) this.take(groups);
    if (others) this.loadNames(images);
    for (const group of this.groups) group.dress(this.looks());
    this.offerAll();
  }

  take(groups) {
    const acts = {
      stay: (group) => this.tell("stayed", { stays: [group.stay] }),
      bringBack: (group) => this.tell("returned", { group: group.at }),
      select: (group) => this.tell("selected", { group: group.at }),
      open: (row) => this.open(row),
      changed: () => this.offerAll(),
    };
    this.groups = groups.map((group, at) => new Group(group, at, { images: this.images, acts }));
    this.list.replaceChildren(...this.groups.map(({ root }) => root));
  }

  loadNames(images) {
    const name = () => images === this.images && this.groups.forEach((group) => group.name());
    images.loadNames().then(name).catch((error) => this.fail(error));
  }

  looks() {
    const { excluded, data, ringed } = this;
    return { isOut: (row) => Boolean(excluded && has(excluded, row)), open: data.open, ringed };
  }

  // Those of which something is left to be excluded.
  get undecided() {
    return this.groups.filter((group) => group.others.length);
  }

  offerAll() {
    const { undecided } = this;
    const count = undecided.reduce((total, group) => total + group.others.length, 0);
    this.all.hidden = undecided.length < 2;
    const rest = `${undecided.length} groups shown (${countImages(count)})`;
    this.all.textContent = `Exclude the others of all ${rest}`;
  }

  stayAll() {
    this.tell("stayed", { stays: this.undecided.map((group) => group.stay) });
  }

  open(row) {
    emit("open", { row });
    this.tell("opened", { row });
  }

  ring(row) {
    if (!this.data) return;
    this.ringed = row;
    for (const group of this.groups) group.dress(this.looks());
  }

  fail(error) {
    const sentence = `The groups could not be drawn: ${error.message}. Reload the page.`;
    this.list.replaceChildren(make("li", "", { role: "alert" }, sentence));
    console.error(error);
  }

  remove() {
    this.pointing.remove();
    this.root.remove();
  }
}
