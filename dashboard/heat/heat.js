// Images with maps laid over them, and one slider for how strongly the maps are seen.
import { mountOnce } from "../browser/mount.js";
import { SaveButtons } from "../browser/save_buttons.js";
import { drawFigure } from "../browser/save_part.js";
import { remember, remembered } from "../gallery/memory.js";
import { make } from "../scatter/element.js";
import { drawPanel } from "./panel.js";

const MEMORY = "heat-strength";
const USUAL = "80";

export default mountOnce((parent) => new Heat(parent));

class Heat {
  constructor(parent) {
    this.root = make("div", "heat");
    this.panels = make("div", "panels");
    const saving = new SaveButtons(() => drawFigure(this.panels, this.data.picture));
    this.root.append(this.panels, make("div", "foot", {}, this.drawSlider(), saving.root));
    parent.append(this.root);
  }

  drawSlider() {
    this.slider = make("input", "slider", { type: "range", min: 0, max: 100, step: 5 });
    this.slider.value = remembered(MEMORY, USUAL);
    this.slider.addEventListener("input", () => this.fade());
    this.slider.addEventListener("change", () => remember(MEMORY, this.slider.value));
    this.fade();
    this.strength = make("label", "strength", {}, "Colour over the image", this.slider);
    return this.strength;
  }

  fade() {
    this.root.style.setProperty("--strength", this.slider.value / 100);
    this.slider.setAttribute("aria-valuetext", `${this.slider.value} %`);
  }

  update(data) {
    this.data = data;
    const drawn = JSON.stringify(data);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.panels.replaceChildren(...data.panels.map((panel) => drawPanel(panel, data)));
    this.strength.hidden = data.panels.every(({ layer }) => !layer);
  }

  remove() {
    this.root.remove();
  }
}
