// The buttons that save a figure which is not ours, such as a chart of Streamlit's.

import { make } from "../scatter/element.js";
import { mountOnce } from "./mount.js";
import { SaveButtons } from "./save_buttons.js";
import { drawFigure } from "./save_part.js";

export default mountOnce((parent) => new Panel(parent));

class Panel {
  constructor(parent) {
    this.buttons = new SaveButtons(() => this.draw());
    parent.append(make("div", "save-panel", {}, this.buttons.root));
  }

  update(data) {
    this.data = data;
  }

  async draw() {
    const figure = document.querySelector(this.data.figure);
    if (!figure) throw new Error("the figure is not drawn yet");
    return drawFigure(figure, this.data.picture, this.buttons.root);
  }

  remove() {}
}
