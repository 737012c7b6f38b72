// The line above the grid: how many there are or are marked, what to do with these, and the size.
import { countImages, number } from "../browser/counts.js";
import { make } from "../scatter/element.js";
import { drawIcon, iconButton } from "./icons.js";

export const SMALLEST = 48;
export const LARGEST = 256;
const STEP = 8;

export class Bar {
  constructor({ size, onSize, onMark, onClear }) {
    this.root = make("div", "bar");
    this.count = make("span", "count");
    this.count.setAttribute("role", "status");
    this.actions = make("span", "actions");
    Object.assign(this, { onMark, onClear });
    this.root.append(this.count, this.actions, drawSlider(size, onSize));
    this.show(0, 0);
  }

  // What can be done with the marked images; a button that stays keeps the focus.
  offer(actions) {
    const offered = JSON.stringify(actions);
    if (offered === this.offered) return;
    this.offered = offered;
    this.actions.replaceChildren(
      ...actions.map(({ name, label, hint }) => textButton(label, hint, () => this.onMark(name))),
      iconButton("close", "Unmark all (Esc)", this.onClear),
    );
  }

  show(total, marked) {
    this.count.textContent = marked ? `${number(marked)} marked` : countImages(total);
    this.actions.hidden = marked === 0;
  }

  fail(sentence) {
    this.count.textContent = sentence;
    this.actions.hidden = true;
  }
}

function drawSlider(size, onSize) {
  const label = make("label", "sizes");
  label.title = "Size of the images";
  const slider = make("input", "slider");
  Object.assign(slider, { type: "range", min: SMALLEST, max: LARGEST, step: STEP });
  slider.value = size;
  slider.setAttribute("aria-label", "Size of the images in pixels");
  slider.addEventListener("input", () => onSize(Number(slider.value)));
  label.append(drawIcon("small"), slider, drawIcon("large"));
  return label;
}

function textButton(text, hint, act) {
  const button = make("button", "text-button");
  button.type = "button";
  button.title = hint;
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

