// The medoids of the clusters as buttons; one tab stop, arrows go from one to the next.
import { drawSymbol } from "../gallery/icons.js";
import { drawPicture } from "../gallery/picture.js";
import { make } from "../scatter/element.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export class Strip {
  constructor(onOpen) {
    this.root = make("div", "strip", { role: "group", "aria-label": "Most typical of each cluster" });
    this.root.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) onOpen(Number(button.dataset.row));
    });
    this.root.addEventListener("keydown", (event) => this.step(event));
    this.root.addEventListener("focusin", ({ target }) => this.rove(target));
  }

  take(medoids, images) {
    const made = JSON.stringify([medoids, images.data.ids]);
    if (made === this.made) return;
    this.made = made;
    this.root.replaceChildren(...medoids.map((one) => drawMedoid(one, images)));
    this.root.hidden = medoids.length < 2;
    this.rove(this.root.firstElementChild);
  }

  mark(row) {
    for (const one of this.root.children) {
      const isIt = Number(one.dataset.row) === row;
      if (isIt) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
  }

  step(event) {
    const all = [...this.root.children];
    const next = all[all.indexOf(event.target) + STEPS[event.key]];
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next.focus();
  }

  rove(button) {
    for (const one of this.root.children) one.tabIndex = one === button ? 0 : -1;
  }
}

function drawMedoid({ row, name, color, symbol }, images) {
  const label = `Most typical of ${name}`;
  const button = make("button", "medoid", { type: "button", "data-row": row, title: label });
  button.setAttribute("aria-label", label);
  button.style.setProperty("--cluster", color);
  const mark = make("span", "mark", {}, drawSymbol(symbol, color));
  button.append(drawPicture(images.source(row), name), mark);
  return button;
}
