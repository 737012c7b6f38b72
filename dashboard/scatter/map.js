// The map: composes its parts, and tells Python what was chosen on it.

import { combine, toBase64 } from "../browser/bits.js";
import { mountOnce } from "../browser/mount.js";
import { emit, listen } from "../browser/signals.js";
import { Face } from "./face.js";
import { Facts } from "./facts.js";
import { Figure } from "./figure.js";
import { Hand } from "./hand.js";
import { Link } from "./link.js";
import { Motion } from "./motion.js";
import { Painter } from "./painter.js";
import { loadPlotly } from "./plotly.js";
import { fetchColoring, fetchPoints } from "./points.js";
import { fetchMoved } from "./pulse.js";
import { Selected } from "./selected.js";
import { readTheme } from "./theme.js";

export default mountOnce((parent) => new ImageMap(parent));

class ImageMap {
  constructor(parent) {
    this.face = new Face(parent);
    this.figure = new Figure(this.face.plot, {
      moved: () => this.refresh(),
      zooming: () => this.motion.lead(),
      zoomed: () => this.motion.rest(this.data.reports_zoom),
      toggled: () => this.regroup(),
      lost: () => this.redraw(),
    });
    this.selected = new Selected();
    this.painter = new Painter(() => this.figure.highlight(this.selected));
    this.link = new Link(this);
    this.motion = new Motion(this.figure, this.link, {
      moved: () => this.refresh(),
      tell: (range) => this.tell("zoomed", { range }),
    });
    this.hand = new Hand(this);
    this.pointed = null;
    this.focused = null;
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
    const [Plotly, points, colors, reselected, moved] = await Promise.all([
      loadPlotly(data.plotly),
      fetchPoints(content),
      fetchColoring(coloring),
      this.selected.take(data),
      fetchMoved(this.data, data),
    ]);
    if (this.removed) return;
    this.data = data;
    const { fit, names, ...shape } = content;
    const drawn = JSON.stringify([shape, coloring, data.link, data.force_svg]);
    const zoomed = this.motion.zoom.isNews(data.zoom);
    if (drawn !== this.drawn) await this.drawPoints(Plotly, points, colors);
    else if (reselected) await this.figure.highlight(this.selected);
    if (zoomed && this.drawn && drawn === this.drawn) await this.figure.view.show(data.zoom);
    this.drawn = drawn;
    await this.figure.wear(readTheme(this.face.plot));
    this.dress(points, colors);
    this.face.overlay.pulse.start(moved, () => [this.figure.view, this.look()]);
    await this.facts.fetch();
  }

  async drawPoints(Plotly, points, colors) {
    const { bits, count } = this.selected;
    const theme = readTheme(this.face.plot);
    const { zoom, force_svg: forceSvg } = this.data;
    const wish = { bits, count, theme, zoom, forceSvg };
    await this.painter.timed(() => this.figure.draw(Plotly, points, colors, wish));
  }

  /** All that lies over the points and beside them. */
  dress(points, colors) {
    const { content, clusters, link } = this.data;
    this.facts = new Facts(content, points, colors, clusters);
    if (content.ids !== this.shownIds) this.face.overlay.thumbnails.clear();
    this.shownIds = content.ids;
    this.link.join(link);
    this.hand.offerPicture();
    this.regroup();
    this.face.ready(this.figure.caveat, content.ids);
    // The gallery is not there before the first selection, and should not be waited for then.
    setTimeout(() => import("../gallery/gallery.js"));
  }

  /** What others of its group compare; null before it is drawn. */
  get content() {
    return this.facts ? this.data.content : null;
  }

  /** The user chose: show it at once and tell Python. */
  choose(bits, opened = null) {
    this.showSelected(bits);
    this.link.select(bits);
    const { ids } = this.data.content;
    this.tell("chosen", { bits: toBase64(bits), ids, count: this.selected.count, opened });
    if (opened !== null) emit("open", { row: opened });
  }

  select(drawn, how, opened = null) {
    this.choose(combine(this.selected.bits, drawn, how), opened);
  }

  showSelected(bits) {
    this.selected.put(bits);
    this.face.count(this.selected.count);
    this.refresh();
    this.painter.ask();
  }

  /** The pointer is over this row of this map. */
  hover(row) {
    this.point(row);
    this.link.point(row);
    emit("point", { row, from: "map" });
  }

  /** The pointer is over this row here or elsewhere. */
  point(row) {
    if (row === this.pointed) return;
    this.pointed = row;
    this.refresh();
  }

  regroup() {
    this.face.overlay.names.update(this.figure.points, this.figure.present, this.data.clusters);
    this.face.count(this.selected.count);
    this.refresh();
  }

  refresh() {
    if (!this.facts || this.removed || !this.face.plot.offsetParent) return;
    this.face.overlay.draw(this.figure.view, this.look());
  }

  /** What lies over the points, and how a row looks. */
  look() {
    return {
      shown: this.figure.shown,
      present: this.figure.present,
      selected: this.selected.bits,
      count: this.selected.count,
      edges: this.data.edges,
      rings: this.rings(),
      address: (row) => this.facts.address(row),
      colorOf: (row) => this.facts.color(row),
    };
  }

  rings() {
    const rings = this.data.ringed.map((row) => [row, "opened"]);
    if (this.focused !== null) rings.push([this.focused, "focused"]);
    if (this.pointed !== null) rings.push([this.pointed, "pointed"]);
    return rings;
  }

  redraw() {
    this.drawn = null;
    this.update(this.data);
  }

  resize() {
    // Also called while the page takes the map away: it then lies nowhere.
    if (!this.face.plot.offsetParent || !this.facts) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.removed || this.figure.resize(this.selected));
  }

  remove() {
    this.removed = true;
    this.painter.stop();
    this.motion.stop();
    this.stop();
    this.hand.remove();
    this.link.leave();
    this.resizing.disconnect();
    this.figure.remove();
  }
}
