// Two buttons that save a figure as a picture: PNG and SVG.

import { make } from "../scatter/element.js";
import { savePicture } from "./save_picture.js";

const TITLES = { png: "Save this picture as PNG", svg: "Save this picture as SVG" };

/** A group of buttons; `draw(kind)` gives the picture and what is said about it. */
export class SaveButtons {
  constructor(draw, className = "save") {
    this.draw = draw;
    this.root = make("div", className, { role: "group", "aria-label": "Save this picture" });
    this.show(["png", "svg"]);
  }

  /** Offer these kinds alone. */
  show(kinds) {
    if (kinds.join() === this.kinds) return;
    this.kinds = kinds.join();
    this.root.replaceChildren(...kinds.map((kind) => this.makeButton(kind)));
  }

  makeButton(kind) {
    const title = TITLES[kind];
    const about = { type: "button", title, "aria-label": title, "data-save": kind };
    const button = make("button", "", about, kind.toUpperCase());
    button.addEventListener("click", () => this.save(kind, button));
    return button;
  }

  async save(kind, button) {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      const { drawn, about } = await this.draw(kind);
      await savePicture(drawn, about, kind);
      button.title = TITLES[kind];
    } catch (error) {
      button.title = `It could not be saved: ${error.message}`;
      console.error(error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
}
