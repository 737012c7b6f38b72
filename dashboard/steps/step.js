// One step: its title, its sentences and, unfolded, a strip for each way that images took.
import { drawIcon } from "../gallery/icons.js";
import { make } from "../scatter/element.js";
import { Strip } from "./strip.js";

let made = 0;

export class Step {
  // `acts` knows fold(step), show(step), select(step, strip), open(row) and say(text).
  constructor(step, { images, sight, dress, acts }) {
    Object.assign(this, { step, images, sight, dress, acts });
    this.strips = [];
    this.chosen = null;
    this.body = make("div", "strips", { id: `strips-${made++}` });
    this.body.addEventListener("keydown", (event) => this.press(event));
    this.root = make("li", "step", {}, this.drawHead(), drawSentences(step), this.body);
    this.body.hidden = true;
    this.fold.setAttribute("aria-expanded", "false");
    this.mark(false);
  }

  drawHead() {
    this.fold = make("button", "fold", { type: "button", "aria-controls": this.body.id });
    this.fold.append(drawIcon("right"), this.step.title);
    this.fold.addEventListener("click", () => this.acts.fold(this));
    const title = this.hasStrips ? this.fold : this.step.title;
    this.show = make("button", "show", { type: "button" });
    this.show.addEventListener("click", () => this.isPresent || this.acts.show(this));
    this.head = make("div", "head", {}, make("h4", "title", {}, title), this.show);
    return this.head;
  }

  get hasStrips() {
    return this.step.strips.length > 0;
  }

  // Whether this step led to what is shown elsewhere.
  mark(present) {
    if (present === this.isPresent) return;
    const { k_after: k } = this.step;
    this.isPresent = present;
    this.root.classList.toggle("present", present);
    this.root.setAttribute("aria-current", present ? "step" : "false");
    this.show.setAttribute("aria-disabled", present);
    this.show.replaceChildren(
      ...(present ? [drawIcon("check"), `k = ${k} is shown`] : [`Show k = ${k}`]),
    );
  }

  get isUnfolded() {
    return this.strips.length > 0;
  }

  // What is folded exists no more: of many steps only a few are looked at.
  unfold(open) {
    if (open === this.isUnfolded) return;
    this.strips = open ? this.step.strips.map((_, at) => this.drawStrip(at)) : [];
    this.body.replaceChildren(...this.strips.map((strip) => strip.root));
    this.body.hidden = !this.isUnfolded;
    this.root.classList.toggle("unfolded", this.isUnfolded);
    this.fold.setAttribute("aria-expanded", this.isUnfolded);
    this.choose(this.chosen);
  }

  drawStrip(at) {
    const { images, sight, dress } = this;
    const { open, select, say } = this.acts;
    const acts = { open, say, select: () => select(this, at) };
    return new Strip(this.step.strips[at], { images, sight, dress, acts });
  }

  // The strip whose images are selected, or null.
  choose(chosen) {
    this.chosen = chosen;
    this.strips.forEach((strip, at) => strip.choose(at === chosen));
  }

  press(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.fold.focus();
  }
}

function drawSentences({ sentences }) {
  const lines = sentences.map((sentence) => make("li", "", {}, sentence));
  return make("ul", "sentences", {}, ...lines);
}
