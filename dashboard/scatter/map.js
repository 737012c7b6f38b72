// The map: composes its parts, and tells Python what was chosen on it.

import { fetchArray } from "../browser/content.js";
import { emit, listen } from "../browser/signals.js";
import { Face } from "./face.js";
import { Facts } from "./facts.js";
import { Figure } from "./figure.js";
import { Hand } from "./hand.js";
import { loadPlotly } from "./plotly.js";
import { fetchColoring, fetchPoints } from "./points.js";
import { combine, countBits, emptyBits, toBase64 } from "./selection.js";
import { readTheme } from "./theme.js";
import { Zoom } from "./zoom.js";

const SLOW_MS = 150;
const ANSWER_MS = 600;
const SETTLE_MS = 50;

const maps = new WeakMap();

export default function show({ data, parentElement, setTriggerValue }) {
  if (!maps.has(parentElement)) maps.set(parentElement, new ImageMap(parentElement));
  const map = maps.get(parentElement);
  map.tell = setTriggerValue;
  map.update(data);
  return () => {
    map.remove();
    maps.delete(parentElement);
  };
}

class ImageMap {
  constructor(parent) {
    this.face = new Face(parent);
    this.zoom = new Zoom();
    this.figure = new Figure(this.face.plot, {
      moved: () => this.refresh(),
      zoomed: () => this.reportZoom(),
      toggled: () => this.regroup(),
      lost: () => this.redraw(),
    });
    this.hand = new Hand(this);
    this.pointed = null;
    this.focused = null;
    // The gallery shows what was selected: then there is time for the points.
    this.stopDrawn = listen("drawn", () => this.repainting && this.repaintIn(SETTLE_MS));
    this.stop = listen("point", ({ row, from }) => from !== "map" && this.point(row));
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.face.plot);
  }

  // While one update is drawn only the latest of those that arrive is kept.
  update(data) {
    this.wanted = data;
    this.work ??= this.run().finally(() => (this.work = null));
  }

  async run() {
    while (this.wanted && !this.removed) {
      const data = this.wanted;
      this.wanted = null;
      await this.draw(data).catch((error) => this.face.fail(error));
    }
  }

  async draw(data) {
    this.face.describe(data.description);
    const { content, coloring } = data;
    const [Plotly, points, colors, reselected] = await Promise.all([
      loadPlotly(data.plotly),
      fetchPoints(content),
      fetchColoring(coloring),
      this.takeSelection(data),
    ]);
    if (this.removed) return;
    this.data = data;
    const { fit, names, ...shape } = content;
    const drawn = JSON.stringify([shape, coloring, data.force_svg]);
    const moved = this.zoom.isNews(data.zoom);
    if (drawn !== this.drawn) await this.drawPoints(Plotly, points, colors);
    else if (reselected) await this.figure.highlight(this.bits, this.count);
    if (moved && this.drawn && drawn === this.drawn) await this.figure.view.show(data.zoom);
    this.drawn = drawn;
    await this.figure.wear(readTheme(this.face.plot));
    await this.dress(points, colors);
  }

  async drawPoints(Plotly, points, colors) {
    const { bits, count, data } = this;
    const theme = readTheme(this.face.plot);
    const wish = { bits, count, theme, zoom: data.zoom, forceSvg: data.force_svg };
    await this.timed(() => this.figure.draw(Plotly, points, colors, wish));
  }

  /** All that lies over the points and beside them. */
  async dress(points, colors) {
    const { content, clusters } = this.data;
    this.facts = new Facts(content, points, colors, clusters);
    if (content.ids !== this.shownIds) this.face.overlay.thumbnails.clear();
    this.shownIds = content.ids;
    this.regroup();
    this.face.ready(this.figure.caveat, content.ids);
    // The gallery is not there before the first selection, and should not be waited for then.
    setTimeout(() => import("../gallery/gallery.js"));
    await this.facts.fetch();
  }

  /** Python's selection, if it made one since; on the first sight of these images in any case. */
  async takeSelection({ content, selected, revision }) {
    const about = `${content.ids} ${revision}`;
    if (about === this.selectionOf) return false;
    const empty = emptyBits(content.n);
    this.bits = selected ? await fetchArray(selected, Uint8Array) : empty;
    this.count = countBits(this.bits);
    this.selectionOf = about;
    return true;
  }

  /** The user chose: show it at once and tell Python. */
  choose(bits, opened = null) {
    this.bits = bits;
    this.count = countBits(bits);
    const { ids } = this.data.content;
    this.tell("chosen", { bits: toBase64(bits), ids, count: this.count, opened });
    if (opened !== null) emit("open", { row: opened });
    this.face.count(this.count);
    this.refresh();
    // Repainting keeps the browser busy: what Python is told leaves before it, and where it takes
    // long also the answer comes first, so that the gallery need not wait.
    this.repaintIn(this.isSlow ? ANSWER_MS : 0);
  }

  repaintIn(milliseconds) {
    clearTimeout(this.repainting);
    this.repainting = setTimeout(() => this.repaint(), milliseconds);
  }

  async repaint() {
    this.repainting = null;
    if (this.removed) return;
    await this.timed(() => this.figure.highlight(this.bits, this.count));
  }

  async timed(paint) {
    const began = performance.now();
    await paint();
    this.isSlow = performance.now() - began > SLOW_MS;
  }

  select(drawn, how, opened = null) {
    this.choose(combine(this.bits, drawn, how), opened);
  }

  /** The pointer is over this row here or elsewhere. */
  point(row) {
    if (row === this.pointed) return;
    this.pointed = row;
    this.refresh();
  }

  regroup() {
    this.face.overlay.names.update(this.figure.points, this.figure.shown, this.data.clusters);
    this.face.count(this.count);
    this.refresh();
  }

  refresh() {
    if (!this.facts || this.removed || !this.face.plot.offsetParent) return;
    this.face.overlay.draw(this.figure.view, {
      shown: this.figure.shown,
      selected: this.bits,
      count: this.count,
      edges: this.data.edges,
      rings: this.rings(),
      address: (row) => this.facts.address(row),
      colorOf: (row) => this.facts.color(row),
    });
  }

  rings() {
    const rings = this.data.ringed.map((row) => [row, "opened"]);
    if (this.focused !== null) rings.push([this.focused, "focused"]);
    if (this.pointed !== null) rings.push([this.pointed, "pointed"]);
    return rings;
  }

  reportZoom() {
    if (!this.data?.reports_zoom) return;
    const range = () => (this.figure.view.isHome ? null : this.figure.view.range);
    this.zoom.moved(range, (now) => this.tell("zoomed", { range: now }));
  }

  redraw() {
    this.drawn = null;
    this.update(this.data);
  }

  resize() {
    // Also called while the page takes the map away: it then lies nowhere.
    if (!this.face.plot.offsetParent || !this.facts) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (!this.removed) this.figure.Plotly.Plots.resize(this.face.plot);
    });
  }

  remove() {
    this.removed = true;
    clearTimeout(this.repainting);
    this.zoom.stop();
    this.stop();
    this.stopDrawn();
    this.hand.remove();
    this.resizing.disconnect();
    this.figure.remove();
  }
}
