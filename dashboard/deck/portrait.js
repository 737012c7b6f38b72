// The image of a card, large: its preview at once, all of it once a hand has come to rest.
import { sharpen } from "../gallery/picture.js";
import { make } from "../scatter/element.js";
import { readyImage } from "./image.js";

const REST_MS = 250;

export class Portrait {
  constructor(row, images, full) {
    Object.assign(this, { full: images.address(full, row), isWhole: false });
    this.image = make("img", "", { alt: "", draggable: "false" });
    readyImage(this.image);
    this.image.addEventListener("load", () => sharpen(this.image));
    this.image.addEventListener("error", () => this.showMissing());
    this.missing = make("span", "missing");
    this.missing.hidden = true;
    this.root = make("button", "image portrait", { type: "button", "data-row": row });
    this.root.append(this.image, this.missing);
    this.image.src = images.thumbnail(row, true);
  }

  name(title, path) {
    this.root.title = title;
    this.root.setAttribute("aria-label", `Open ${path}`);
    this.missing.textContent = path;
  }

  // Of images that are only passed by, the whole is never fetched.
  show() {
    clearTimeout(this.timer);
    if (!this.isWhole) this.timer = setTimeout(() => this.fetchWhole(), REST_MS);
  }

  hide() {
    clearTimeout(this.timer);
  }

  async fetchWhole() {
    const whole = new Image();
    whole.src = this.full;
    try {
      await whole.decode();
    } catch {
      return; // the preview stays
    }
    this.isWhole = true;
    this.showMissing(false);
    this.image.src = this.full;
  }

  showMissing(isMissing = true) {
    this.image.hidden = isMissing;
    this.missing.hidden = !isMissing;
  }
}
