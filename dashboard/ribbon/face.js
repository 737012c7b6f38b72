// What the ribbon stands in: the line of words above it, the scrolled drawing, its titles.
import { iconButton } from "../gallery/icons.js";
import { make } from "../scatter/element.js";
import { describe } from "./words.js";

const HINT = "Point at a cluster or a ribbon to see where its images go; a click shows them.";
const KEYS =
  "Arrow keys go from cluster to cluster, Shift with an arrow goes along its ribbons, " +
  "Enter shows the images, Escape clears the choice.";
const KEYS_IN_SHORT = "← ↑ ↓ → clusters · Shift ↓ ribbons · Enter shows · Esc clears";

export class Face {
  constructor(parent, { flows, clear, saving }) {
    this.titles = make("div", "titles");
    this.band = make("div", "band");
    this.nodes = make("div", "nodes");
    this.stage = make("div", "stage", {}, this.band, flows.all, flows.front, this.nodes);
    this.scroller = make("div", "scroller", {}, this.titles, this.stage);
    this.scroller.addEventListener("scroll", () => this.shade(), { passive: true });
    this.frame = make("div", "frame", { role: "group", "aria-describedby": "keys" }, this.scroller);
    this.frame.setAttribute("aria-label", "How the images move from one clustering to the next");
    this.empty = make("p", "empty");
    const keys = make("p", "spoken", { id: "keys" }, KEYS);
    this.root = make("div", "ribbon", {}, this.makeStatus(clear, saving), this.frame, keys, this.empty);
    parent.append(this.root);
  }

  makeStatus(clear, saving) {
    this.words = make("p", "words", { "aria-live": "polite" });
    this.clearing = iconButton("close", "Clear the choice (Escape)", clear);
    const keys = make("span", "short", { "aria-hidden": "true" }, KEYS_IN_SHORT);
    return make("div", "status", {}, this.words, this.clearing, keys, saving.root);
  }

  // Streamlit draws a component anew when the theme changes.
  followTheme() {
    const { backgroundColor } = getComputedStyle(this.root);
    const [red, green, blue] = backgroundColor.match(/[\d.]+/g).map(Number);
    this.root.classList.toggle("dark", 0.3 * red + 0.6 * green + 0.1 * blue < 128);
  }

  // Before the drawing: its width depends on it.
  prepare({ empty, height }, isEmpty) {
    this.empty.textContent = empty;
    this.empty.hidden = !isEmpty;
    this.root.classList.toggle("nothing", isEmpty);
    this.scroller.style.setProperty("--height", `${height}px`);
  }

  resize({ width, height }) {
    this.titles.style.width = this.stage.style.width = `${width}px`;
    this.stage.style.height = `${height}px`;
  }

  /** Say what stands out, or what there is to be done; `chosen` can be cleared. */
  say(item, chosen) {
    this.words.textContent = item ? describe(item) : HINT;
    this.words.title = this.words.textContent;
    this.words.classList.toggle("hint", !item);
    this.clearing.hidden = !chosen;
  }

  fail(error) {
    this.words.textContent = `The ribbon could not be drawn: ${error.message}. Reload the page.`;
    this.root.classList.remove("nothing");
  }

  /** Mark a column by a band behind it; null for none. */
  markBand(place, width) {
    this.band.hidden = !place;
    if (place) Object.assign(this.band.style, { left: `${place.x}px`, width: `${width}px` });
  }

  /** Bring what begins at `x` into view, in the middle; a drawing that is there already glides. */
  bring(x, width, { glides }) {
    const { scrollLeft, clientWidth } = this.scroller;
    if (x >= scrollLeft && x + width <= scrollLeft + clientWidth) return;
    const still = !glides || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const left = x + (width - clientWidth) / 2;
    this.scroller.scrollTo({ left, behavior: still ? "instant" : "smooth" });
  }

  // Columns beyond the border are hinted at.
  shade() {
    const { scrollLeft, scrollWidth, clientWidth } = this.scroller;
    this.frame.classList.toggle("more-left", scrollLeft > 1);
    this.frame.classList.toggle("more-right", scrollLeft + clientWidth < scrollWidth - 1);
  }
}
