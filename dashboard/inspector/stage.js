// The image itself: its thumbnail until all of it is there; a click shows its own pixels.
import { sharpen } from "../gallery/picture.js";

const FIT = "Show every pixel (100 %)";
const WHOLE = "Show the whole image";

export class Stage {
  constructor() {
    this.image = document.createElement("img");
    this.image.alt = "";
    this.image.draggable = false;
    this.image.addEventListener("load", () => sharpen(this.image));
    this.image.addEventListener("error", () => this.showMissing());
    this.note = document.createElement("span");
    this.note.className = "stage-note";
    this.note.setAttribute("role", "status");
    this.root = document.createElement("button");
    this.root.type = "button";
    this.root.className = "stage";
    this.root.append(this.image, this.note);
    this.root.addEventListener("click", (event) => this.toggle(event));
    this.zoom(false);
  }

  show({ thumbnail, full, title }) {
    this.image.alt = title;
    if (full === this.full) return;
    this.full = full;
    this.zoom(false);
    this.note.textContent = "";
    this.image.hidden = false;
    this.image.src = thumbnail;
    this.load(full);
  }

  // The thumbnail stays until the whole image can be drawn without a flash.
  async load(full) {
    const whole = new Image();
    whole.src = full;
    try {
      await whole.decode();
    } catch {
      if (full === this.full) this.note.textContent = "The image could not be loaded.";
      return;
    }
    if (full === this.full) this.image.src = full;
  }

  showMissing() {
    this.image.hidden = true;
  }

  toggle(event) {
    const box = this.image.getBoundingClientRect();
    const across = (event.clientX - box.left) / box.width;
    const down = (event.clientY - box.top) / box.height;
    this.zoom(!this.isActual);
    // What was clicked stays in view; a key has no place, and shows the middle.
    if (this.isActual) this.center(event.detail ? across : 0.5, event.detail ? down : 0.5);
  }

  zoom(isActual) {
    this.isActual = isActual;
    this.root.classList.toggle("actual", isActual);
    this.root.setAttribute("aria-pressed", isActual);
    this.root.title = isActual ? WHOLE : FIT;
  }

  center(across, down) {
    const { root, image } = this;
    root.scrollLeft = across * image.offsetWidth - root.clientWidth / 2;
    root.scrollTop = down * image.offsetHeight - root.clientHeight / 2;
  }
}
