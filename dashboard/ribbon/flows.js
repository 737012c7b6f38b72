// The ribbons: all of them in one drawing, and those that stand out in another above it.
import { makeSvg } from "../scatter/element.js";
import { drawBand, flowAt } from "./bands.js";
import { describe } from "./words.js";

// Thinner ribbons are drawn this wide, in pixels: a part of a pixel is as much paler. Where they
// stand out, a whole one.
const FAINTEST = 0.4;
const HAIRLINE = 1;

export class Flows {
  constructor() {
    this.all = makeSvg("svg", "flows", { role: "group", "aria-label": "Ribbons" });
    // A fading of thousands is that of one drawing, and needs none of them to be drawn again.
    this.front = makeSvg("svg", "front", { "aria-hidden": "true" });
    this.paths = new Map();
  }

  /** Make the flows of these columns; `register` gets each with its element. */
  take(columns, register) {
    const flows = columns.flatMap((column) => column.flows);
    // The thin ones lie above the wide ones.
    flows.sort((one, other) => other.count - one.count);
    this.paths = new Map(flows.map((flow) => [flow, drawFlow(flow)]));
    this.paths.forEach((path, flow) => register(flow, path));
    this.all.replaceChildren();
    this.front.replaceChildren();
  }

  /** Put them on the page: once they have their places, for thousands would be moved slowly. */
  show() {
    this.all.append(...this.paths.values());
  }

  place({ places, width, height }) {
    this.places = places;
    for (const svg of [this.all, this.front]) {
      svg.setAttribute("width", width);
      svg.setAttribute("height", height);
    }
    this.paths.forEach((path, flow) => placeFlow(path, places.get(flow), FAINTEST));
  }

  /** Make a flow what can be focused and told: thousands of buttons would be a maze to hear. */
  reach(flow) {
    const path = this.paths.get(flow);
    const said = { role: "button", tabindex: "-1", "aria-label": describe(flow) };
    for (const [name, value] of Object.entries(said)) path.setAttribute(name, value);
  }

  /** Those that stand out, the chosen and the focused one with an outline. */
  light(flows, { chosen, focused }) {
    const outlined = [...new Set([chosen, focused])].filter((item) => this.paths.has(item));
    this.front.replaceChildren(
      ...flows.map((flow) => this.copy(flow, "bright")),
      ...outlined.map((flow) => this.copy(flow, flow === chosen ? "chosen" : "focused")),
    );
  }

  copy(flow, look) {
    const copy = makeSvg("path", look, { fill: flow.source.color });
    placeFlow(copy, this.places.get(flow), HAIRLINE);
    return copy;
  }

  /** The flow under a place of the drawing, or null. */
  at(columns, x, y) {
    const column = columns.findLast((one) => this.places.get(one).x <= x);
    return column ? flowAt(column.flows, this.places, x, y) : null;
  }
}

function drawFlow({ source }) {
  return makeSvg("path", "flow", { fill: source.color });
}

function placeFlow(path, band, least) {
  path.setAttribute("d", drawBand(band));
  if (band.height >= least) return;
  path.setAttribute("stroke", path.getAttribute("fill"));
  path.setAttribute("stroke-width", least - band.height);
}
