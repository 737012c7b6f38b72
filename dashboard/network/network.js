// VGG-16 as a row of blocks, as high as their maps are large and as broad as they are many.
import { mountOnce } from "../browser/mount.js";
import { SaveButtons } from "../browser/save_buttons.js";
import { drawFigure } from "../browser/save_part.js";
import { make, makeSvg } from "../scatter/element.js";
import { place } from "./layout.js";

const LARGEST = 1.5;
// Clear of the convolution before a pooling, which is a little higher.
const ABOVE = 20;
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export default mountOnce((parent) => new Network(parent));

class Network {
  constructor(parent) {
    this.frame = make("div", "network");
    this.frame.addEventListener("click", ({ target }) => this.choose(nameOf(target)));
    this.frame.addEventListener("keydown", (event) => this.press(event));
    const saving = new SaveButtons(() => drawFigure(this.frame, this.data.picture));
    parent.append(make("div", "save-panel", {}, saving.root), this.frame);
  }

  update(data) {
    const before = this.data;
    this.data = data;
    if (JSON.stringify(before?.blocks) !== JSON.stringify(data.blocks)) this.draw();
    this.mark(data.chosen);
  }

  draw() {
    const { width, height, parts, groups } = place(this.data.blocks, this.data.size);
    const label = `The layers of the network for ${this.data.size} by ${this.data.size} pixels`;
    const drawing = makeSvg("svg", "drawing", {
      viewBox: `0 0 ${width} ${height}`, role: "radiogroup", "aria-label": label,
    });
    // Words stay as large as those around them, or nearly.
    drawing.style.minWidth = `${0.9 * width}px`;
    drawing.style.maxWidth = `${LARGEST * width}px`;
    drawing.append(...groups.map(drawGroup), ...parts.map(drawBlock));
    this.frame.replaceChildren(drawing);
  }

  mark(name) {
    for (const one of this.blocks()) {
      const isIt = one.dataset.layer === name;
      one.setAttribute("aria-checked", String(isIt));
      one.setAttribute("tabindex", isIt ? "0" : "-1");
    }
  }

  blocks() {
    return [...this.frame.querySelectorAll(".block")];
  }

  choose(name) {
    if (!name || name === this.data.chosen) return;
    this.mark(name);
    this.tell("chosen", { layer: name });
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = this.blocks();
    const next = all[all.findIndex((one) => one.contains(event.target)) + STEPS[event.key]];
    if (!next) return;
    event.preventDefault();
    next.focus();
    this.choose(next.dataset.layer);
  }

  remove() {}
}

function drawBlock({ block, x, y, width, height, base }) {
  const { name, kind, title, is_offered: isOffered, is_used: isUsed } = block;
  const also = isUsed ? ". The features are made of it" : isOffered ? ". It can be features" : "";
  const classes = ["block", kind, isOffered && "offered", isUsed && "used"].filter(Boolean).join(" ");
  const one = makeSvg("g", classes, {
    role: "radio", "data-layer": name, "aria-label": title + also, tabindex: -1,
  });
  const middle = x + width / 2;
  one.append(
    makeSvg("title", "", {}, title + also),
    makeSvg("rect", "hit", { x: x - 2, y: 0, width: width + 4, height: base + 62 }),
    makeSvg("rect", "body", { x, y, width, height, rx: Math.min(3, width / 3) }),
    makeSvg("text", "name", { transform: `translate(${middle + 4} ${base + 10}) rotate(-90)` }, name),
  );
  if (isUsed) one.append(makeSvg("text", "features", { x: middle, y: y - ABOVE }, "features"));
  return one;
}

function drawGroup({ x, width, y, lines }) {
  const middle = x + width / 2;
  const spans = lines.map((line, at) => makeSvg("tspan", "", { x: middle, dy: at ? 13 : 0 }, line));
  return makeSvg("text", "group", { y }, ...spans);
}

function nameOf(target) {
  return target.closest(".block")?.dataset.layer;
}
