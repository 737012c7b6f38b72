// One map, enlarged over its image, of one image or of two; how much of the map is seen can be set.
import { SaveButtons } from "../browser/save_buttons.js";
import { drawFigure } from "../browser/save_part.js";
import { iconButton } from "../gallery/icons.js";
import { make } from "../scatter/element.js";

const SIDE = 320;
const PIXELS_SHOWN_BELOW = 128;
const MOSTLY = 65;
const PRINT = 2;

export class Stage {
  // `about()` says what a picture of it is called, and what made it.
  constructor(onClose, about) {
    this.about = about;
    this.figures = make("div", "figures");
    this.density = make("input", "density", {
      type: "range", min: 0, max: 100, step: 5, value: MOSTLY, id: "density",
    });
    this.density.addEventListener("input", () => this.paint());
    this.head = make("p", "which");
    const close = iconButton("close", "Close (Esc)", onClose);
    this.saving = new SaveButtons(() => this.drawPicture());
    this.saving.show(["png"]);
    const label = make("label", "", { for: "density" }, "Map over image");
    this.root = make(
      "section", "stage", { "aria-label": "Enlarged map" },
      make("div", "head", {}, this.head, this.saving.root, close),
      this.figures,
      make("div", "mix", {}, label, this.density),
    );
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && onClose());
    this.root.hidden = true;
  }

  // `shown` has for each image: title, words, square, picture, cut, covers.
  take(channel, layer, shown) {
    this.root.hidden = false;
    this.head.textContent = `${layer}, channel ${channel}`;
    this.channel = channel;
    this.shown = shown;
    const drawn = [...this.figures.children].slice(0, shown.length);
    while (drawn.length < shown.length) drawn.push(makeFigure());
    this.figures.replaceChildren(...drawn);
    shown.forEach(({ words, title }, at) => {
      drawn[at].querySelector("canvas").setAttribute("aria-label", `${title}: ${words}`);
      drawn[at].querySelector(".name").textContent = title;
      drawn[at].querySelector(".words").textContent = words;
    });
    this.paint();
  }

  drawPicture() {
    const { name, making } = this.about();
    const seen = `channel ${this.channel}, laid over the image by ${this.density.value} %`;
    const about = { name: `${name}_${this.channel}`, making: `${making} · ${seen}` };
    this.paint(PRINT);
    try {
      return drawFigure(this.figures, about);
    } finally {
      this.paint();
    }
  }

  paint(least = 1) {
    const dense = Math.max(least, window.devicePixelRatio);
    const side = Math.round(SIDE * dense);
    this.shown?.forEach((one, at) => {
      const canvas = this.figures.children[at].querySelector("canvas");
      Object.assign(canvas, { width: side, height: side });
      this.lay(canvas.getContext("2d"), side, one);
    });
  }

  lay(brush, side, { square, picture, cut, covers }) {
    brush.imageSmoothingEnabled = square.width >= PIXELS_SHOWN_BELOW;
    brush.drawImage(square, 0, 0, side, side);
    brush.globalAlpha = Number(this.density.value) / 100;
    brush.imageSmoothingEnabled = false; // each value is seen as what it is
    const { x, y, width, height } = cut;
    brush.drawImage(picture, x, y, width, height, 0, 0, side * covers[0], side * covers[1]);
  }

  hide() {
    this.root.hidden = true;
    this.shown = undefined;
  }
}

function makeFigure() {
  const words = make("figcaption", "", {}, make("span", "name"), make("span", "words"));
  return make("figure", "", {}, make("canvas", "large", { role: "img", "data-saved": "" }), words);
}
