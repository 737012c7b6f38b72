// The buttons over the map.

import { make, makeSvg } from "./element.js";

const MODES = {
  lasso: ["Lasso: draw around images (L)", "M12 4c5 0 8 2.2 8 5.2S16.6 15 11.5 15 4 12.6 4 9.4 7.4 4 12 4zM8 15.2c-2 .6-2.4 2.6-.8 3.3 1.8.8 2.2 1.6 1.6 2.5"],
  box: ["Box: drag over images (B)", "M4 5h3M10 5h4M17 5h3v3M20 11v3M20 17v2h-3M14 19h-4M7 19H4v-2M4 14v-3M4 8V5"],
  pan: ["Move the map (P), or hold Space and drag", "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3"],
};
const ZOOMS = {
  in: ["Zoom in (+)", "M12 5v14M5 12h14"],
  out: ["Zoom out (-)", "M5 12h14"],
  reset: ["Show everything (0)", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"],
};

export class Toolbar {
  /** `saving`: what else stands there, an element. */
  constructor(onMode, onZoom, saving) {
    this.modes = buttons(MODES, onMode);
    const zooms = buttons(ZOOMS, onZoom);
    const groups = [group(this.modes), group(zooms), saving];
    const about = { role: "toolbar", "aria-label": "Tools of the map" };
    this.root = make("div", "groupsight-map-toolbar", about, ...groups);
  }

  press(mode) {
    for (const [name, button] of this.modes) {
      button.setAttribute("aria-pressed", String(name === mode));
    }
  }
}

function group(named) {
  return make("div", "", {}, ...Array.from(named.values()));
}

function buttons(described, act) {
  return new Map(
    Object.entries(described).map(([name, [title, d]]) => {
      const icon = makeSvg("svg", "", { viewBox: "0 0 24 24" }, makeSvg("path", "", { d }));
      const about = { type: "button", title, "aria-label": title, "data-tool": name };
      const button = make("button", "", about, icon);
      button.addEventListener("click", () => act(name));
      return [name, button];
    }),
  );
}
