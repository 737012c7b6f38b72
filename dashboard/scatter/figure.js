// The points as Plotly draws them: WebGL where the browser has it, SVG otherwise.

import { number } from "../browser/counts.js";
import { escapeTags, legendFonts, placeLegend } from "./legend.js";
import { hasWebgl } from "./plotly.js";
import { onlyDrawn, rowsByGroup, sizesOf, thinOut } from "./points.js";
import { SpaceView } from "./space.js";
import { themedLayout } from "./theme.js";
import { flatTraces, selectedPoints, spaceTraces } from "./traces.js";
import { FlatView } from "./view.js";

/** More would take SVG seconds to draw. */
export const SVG_LIMIT = 5000;
const CONFIG = {
  displayModeBar: false,
  scrollZoom: true,
  doubleClick: false,
  showAxisDragHandles: false,
  showTips: false,
  showSendToCloud: false,
  plotlyServerURL: "",
};
const CLEAR = "rgba(0, 0, 0, 0)";

export class Figure {
  /** `heard` is told of what `moved`, is `zooming` or `zoomed`, and that a group was `toggled`. */
  constructor(plot, heard) {
    this.plot = plot;
    this.heard = heard;
    this.hidden = new Set();
  }

  /** `wish`: selected bits and their count, zoom (null: everything), theme, forceSvg. */
  async draw(Plotly, points, coloring, wish) {
    this.Plotly = Plotly;
    const kind = kindFor(points, wish.forceSvg || this.webglLost);
    const range = this.keptRange(points, kind, wish.zoom);
    if (kind !== this.kind && this.kind) Plotly.purge(this.plot);
    const fresh = kind !== this.kind;
    if (coloring.address !== this.coloring?.address) this.hidden = new Set();
    Object.assign(this, { kind, points, coloring, theme: wish.theme });
    this.drawnGroups = onlyDrawn(coloring.groups, points.drawn);
    this.groups = kind === "scatter" ? thinOut(this.drawnGroups, SVG_LIMIT) : this.drawnGroups;
    this.sizes = sizesOf(points.drawn ? coloring.groups : this.groups, coloring.looks.length);
    this.rowsOf = rowsByGroup(this.groups, coloring.looks.length);
    const View = kind === "scatter3d" ? SpaceView : FlatView;
    this.view = new View(Plotly, this.plot, points);
    this.findShown();
    await this.react(wish, range);
    if (fresh) this.listen();
  }

  keptRange({ n, coordinates }, kind, zoom) {
    const same = this.view && coordinates === this.points.coordinates && kind === this.kind;
    return same && n === this.points.n ? this.view.range : zoom;
  }

  async react(selected, range) {
    this.place = placeLegend(this.plot);
    this.density = densityFor(this.kind);
    const config = { ...CONFIG, plotGlPixelRatio: this.density };
    await this.Plotly.react(this.plot, this.traces(selected), this.layout(range), config);
    this.view.moveAhead(null);
  }

  traces({ bits, count }) {
    const { kind, hidden, theme, points, coloring, rowsOf, sizes } = this;
    const makeTraces = kind === "scatter3d" ? spaceTraces : flatTraces;
    const { room } = this.place;
    return makeTraces(points, coloring, rowsOf, { kind, hidden, theme, room, bits, count, sizes });
  }

  highlight(selected) {
    if (this.kind === "scatter3d") return this.react(selected, this.view.range);
    const marks = selectedPoints(this.rowsOf, selected.bits, selected.count);
    return this.Plotly.restyle(this.plot, { selectedpoints: marks });
  }

  async resize(selected) {
    await this.Plotly.Plots.resize(this.plot);
    const place = JSON.stringify(placeLegend(this.plot));
    const same = place === JSON.stringify(this.place) && densityFor(this.kind) === this.density;
    if (!same) await this.react(selected, this.view.range);
  }

  layout(range) {
    const { text, font } = this.theme;
    const values = Boolean(this.coloring.values);
    const { narrow, margin, legend } = this.place;
    const fonts = legendFonts(this.theme);
    const title = values ? "" : escapeTags(this.coloring.title);
    return {
      ...this.view.layout(range),
      autosize: true,
      hovermode: false,
      clickmode: "none",
      showlegend: true,
      // Of constant width: another legend must not move the points.
      margin: { t: 0, autoexpand: false, ...margin },
      paper_bgcolor: CLEAR,
      plot_bgcolor: CLEAR,
      font: { color: text, family: font },
      legend: {
        title: { text: title, font: fonts.title, side: "top" },
        font: fonts.font,
        itemsizing: "constant",
        tracegroupgap: 0,
        bgcolor: CLEAR,
        ...legend,
        ...(values && !narrow ? { y: 0.35 } : {}),
      },
    };
  }

  /** Take over the page's colours, at the price of the legend's text alone. */
  async wear(theme) {
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return;
    this.theme = theme;
    await this.Plotly.relayout(this.plot, themedLayout(theme));
    if (!this.coloring.values) return;
    const fonts = { "marker.colorbar.tickfont.color": theme.text };
    fonts["marker.colorbar.title.font.color"] = theme.text;
    await this.Plotly.restyle(this.plot, fonts, [0]);
  }

  listen() {
    this.plot.on("plotly_relayouting", () => this.heard.zooming());
    this.plot.on("plotly_afterplot", () => this.heard.moved());
    this.plot.on("plotly_relayout", (change) => {
      this.heard.moved();
      if (Object.keys(change).some(isZoom)) this.heard.zoomed();
    });
    this.plot.on("plotly_restyle", ([change]) => "visible" in change && this.toggled());
    this.plot.on("plotly_webglcontextlost", () => {
      this.webglLost = true;
      this.heard.lost();
    });
  }

  toggled() {
    const visible = this.plot.data.slice(0, this.rowsOf.length).map(({ visible }) => visible);
    this.hidden = new Set(visible.flatMap((one, group) => (one === "legendonly" ? [group] : [])));
    this.findShown();
    this.heard.toggled();
  }

  /** `shown` are the rows with a point in view; `present` those as well that a sample left out. */
  findShown() {
    const { hidden, groups, coloring, points } = this;
    const count = coloring.looks.length;
    const mark = (some) =>
      Uint8Array.from(some, (group) => (group < count && !hidden.has(group) ? 1 : 0));
    this.shown = mark(groups);
    this.present = points.drawn ? mark(coloring.groups) : this.shown;
  }

  /** What the user must know about how it is drawn; null if there is nothing to say. */
  get caveat() {
    const { sample } = this.points;
    const said = sample && `${sample}. Zoom in to see all; what you draw around, you select whole.`;
    return [said, this.slowness].filter(Boolean).join(" ") || null;
  }

  get slowness() {
    if (this.kind !== "scatter") return null;
    const { n, z } = this.points;
    const flat = z ? " and in two dimensions" : "";
    const slow = "This browser has no WebGL, so the map is drawn more slowly";
    if (n <= SVG_LIMIT) return `${slow}${flat}.`;
    return `${slow}${flat}: ${number(SVG_LIMIT)} of the ${number(n)} images are shown.`;
  }

  remove() {
    if (this.kind) this.Plotly.purge(this.plot);
  }
}

/**
 * How many pixels of the canvas lie along one of the page. Plotly's own choice is 2, and 4 samples
 * of each pixel: where the screen has 1, it draws sixteen times what is seen.
 */
function densityFor(kind) {
  // In space nothing else smooths the edges of the points.
  return kind === "scatter3d" ? 2 : Math.max(1, window.devicePixelRatio);
}

function kindFor({ z }, svg) {
  if (svg || !hasWebgl()) return "scatter";
  return z ? "scatter3d" : "scattergl";
}

function isZoom(key) {
  return /^(xaxis|yaxis)\.range|^scene\.camera/.test(key);
}
