// The steps: fetches what Python published, and tells it which one, or which images, are wanted.
import { fetchJson } from "../browser/content.js";
import { mountInTurn } from "../browser/mount.js";
import { Pointing } from "../browser/pointing.js";
import { emit } from "../browser/signals.js";
import { loadImages } from "../gallery/images.js";
import { nameOpeners, rowOf } from "../gallery/opener.js";
import { make } from "../scatter/element.js";
import { holdStill, reveal } from "./scroll.js";
import { Sight } from "./sight.js";
import { Step } from "./step.js";
import { describeWay } from "./words.js";

export default mountInTurn((parent) => new Steps(parent), (data) => data.steps);

class Steps {
  constructor(parent) {
    this.drawn = [];
    this.openedAlone = new Set();
    this.sight = new Sight();
    // The words are English, and k grows to the right, whatever the page around them does.
    this.list = make("ol", "steps", { "aria-label": "Steps", dir: "ltr" });
    this.empty = make("p", "empty notice");
    this.empty.hidden = true;
    this.status = make("div", "spoken", { role: "status" });
    parent.append(this.list, this.empty, this.status);
    this.pointing = new Pointing("steps", (row) => this.ring(row));
    this.pointing.follow(this.list, rowOf);
  }

  async draw(data) {
    const before = this.data;
    const { steps } = await fetchJson(data.steps);
    const others = before?.images.ids !== data.images.ids;
    if (others) await this.takeImages(data.images);
    this.data = data;
    this.list.style.maxHeight = `${data.height}px`;
    if (others || data.steps !== before.steps) this.takeSteps(steps, others);
    this.list.hidden = steps.length === 0;
    this.empty.hidden = steps.length > 0;
    this.empty.textContent = data.empty;
    this.follow();
    this.dress();
  }

  async takeImages(data) {
    const images = await loadImages(data);
    this.images = images;
    const named = () => images === this.images && nameOpeners(this.list, images);
    images.loadNames().then(named).catch((error) => this.fail(error));
  }

  // While a sweep goes on steps are added: those that are as they were stay as they are.
  takeSteps(steps, afresh) {
    const { images, sight } = this;
    const given = { images, sight, dress: (image) => this.dressImage(image), acts: this.acts() };
    const open = new Set(this.drawn.filter((one) => one.isUnfolded).map((one) => one.step.title));
    const known = new Map(afresh ? [] : this.drawn.map((one) => [JSON.stringify(one.step), one]));
    this.drawn = steps.map((step) => known.get(JSON.stringify(step)) ?? new Step(step, given));
    place(this.list, this.drawn.map((one) => one.root));
    for (const one of this.drawn) one.unfold(one.hasStrips && open.has(one.step.title));
  }

  acts() {
    return {
      fold: (step) => this.fold(step),
      show: (step) => {
        this.asked = step.step.title;
        this.tell("shown", { step: this.drawn.indexOf(step) });
      },
      select: (step, strip) => {
        this.asked = wayIn(step, strip);
        this.tell("chosen", { step: this.drawn.indexOf(step), strip });
      },
      say: (text) => (this.status.textContent = text),
      open: (row) => {
        emit("open", { row });
        this.tell("opened", { row });
      },
    };
  }

  fold(step) {
    this.openedAlone.delete(step.step.title); // from now on it is in a person's hand
    holdStill(this.list, step.head, () => step.unfold(!step.isUnfolded));
  }

  // Marks what Python says is shown and selected; where that is news, brings it into view.
  follow() {
    const { present, chosen } = this.data;
    const step = this.drawn[present];
    for (const one of this.drawn) one.mark(one === step);
    if (step && step.step.title !== this.followed) this.goTo(step);
    this.followed = step?.step.title;
    this.drawn.forEach((one, at) => one.choose(at === chosen?.[0] ? chosen[1] : null));
    this.followChosen(this.drawn[chosen?.[0]], chosen?.[1]);
  }

  // What unfolded by itself folds by itself. Yet what was asked for here moves nothing.
  goTo(step) {
    const { title, k_after: k } = step.step;
    const isNews = this.asked !== title;
    if (isNews) this.foldAgain();
    if (!step.isUnfolded) this.openedAlone.add(title);
    step.unfold(step.hasStrips);
    if (isNews) reveal(this.list, step.root);
    this.asked = undefined;
    if (this.followed) this.status.textContent = `k = ${k} is shown`;
  }

  foldAgain() {
    for (const one of this.drawn) if (this.openedAlone.has(one.step.title)) one.unfold(false);
    this.openedAlone.clear();
  }

  followChosen(step, at) {
    const strip = step?.step.strips[at];
    const way = strip && wayIn(step, at);
    if (strip && way !== this.selected) {
      step.unfold(true);
      if (way !== this.asked) this.revealStrip(step, step.strips[at]);
      this.asked = undefined;
      this.status.textContent = `Selected: ${describeWay(strip)}`;
    }
    this.selected = way;
  }

  revealStrip(step, strip) {
    strip.onceShown(() => reveal(this.list, strip.root, step.head.offsetHeight));
  }

  dress() {
    for (const image of this.list.querySelectorAll(".image")) this.dressImage(image);
  }

  dressImage(image) {
    const row = rowOf(image);
    image.classList.toggle("open", row === this.data.open);
    image.classList.toggle("ringed", row === this.ringed);
  }

  ring(row) {
    this.ringed = row;
    for (const image of this.list.querySelectorAll(".image.ringed")) this.dressImage(image);
    for (const image of this.list.querySelectorAll(`[data-row="${row}"]`)) this.dressImage(image);
  }

  fail(error) {
    this.empty.hidden = false;
    this.empty.textContent = `The steps could not be drawn: ${error.message}. Reload the page.`;
    console.error(error);
  }

  remove() {
    this.pointing.remove();
    this.sight.remove();
  }
}

// Names a strip, whatever else comes before it.
function wayIn({ step }, at) {
  const { before, after } = step.strips[at];
  return `${step.title}: ${before.cluster} to ${after.cluster}`;
}

// Exactly these, in this order; what stays is not moved, as that would take the focus from it.
function place(list, roots) {
  for (const root of [...list.children]) if (!roots.includes(root)) root.remove();
  roots.forEach((root, at) => {
    if (list.children[at] !== root) list.insertBefore(root, list.children[at] ?? null);
  });
}
