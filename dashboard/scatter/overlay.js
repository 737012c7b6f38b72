// What lies over the points: edges, names, thumbnails, rings. None of it touches the points.

import { drawEdges } from "./edges.js";
import { make, makeSvg } from "./element.js";
import { Names } from "./names.js";
import { Pulse } from "./pulse.js";
import { Rings } from "./rings.js";
import { Thumbnails } from "./thumbnails.js";

export class Overlay {
  constructor() {
    this.below = makeSvg("svg");
    this.names = new Names();
    this.thumbnails = new Thumbnails();
    this.pulse = new Pulse();
    this.above = makeSvg("svg");
    this.rings = new Rings(this.above);
    const layers = [
      this.below, this.pulse.root, this.names.root, this.thumbnails.root, this.above,
    ];
    this.root = make("div", "groupsight-map-overlay", { "aria-hidden": "true" }, ...layers);
  }

  /** `state`: points, looks of the rows, what is shown, selected, ringed, joined by edges. */
  draw(view, state) {
    const { area } = view;
    const { style } = this.root;
    style.left = `${area.left}px`;
    style.top = `${area.top}px`;
    style.width = `${area.width}px`;
    style.height = `${area.height}px`;
    const pixels = view.pixels();
    this.thumbnails.draw(pixels, area, view.magnification, state);
    const leaders = this.thumbnails.leaders(pixels);
    this.below.replaceChildren(...drawEdges(pixels, state.edges), ...leaders);
    this.names.draw(view, area);
    this.rings.draw(pixels, area, state.rings, this.thumbnails);
  }
}
