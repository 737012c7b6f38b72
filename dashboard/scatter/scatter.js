// Draws the map and tells Python which images were drawn around or clicked.

const maps = new WeakMap();
const HELP =
  "Drag to draw a lasso, click a point to open its image. Shift adds, Alt takes away, " +
  "Esc clears. The wheel zooms.";
const CONFIG = {
  responsive: true,
  scrollZoom: true,
  displaylogo: false,
  doubleClick: "reset",
  modeBarButtonsToRemove: ["autoScale2d", "toImage"],
  showSendToCloud: false,
  plotlyServerURL: "",
};

export default function ({ data, parentElement, setTriggerValue }) {
  let map = maps.get(parentElement);
  if (!map) {
    map = new ImageMap(parentElement);
    maps.set(parentElement, map);
  }
  map.tell = (choice) => setTriggerValue("chosen", choice);
  map.update(data);
  return () => {
    map.remove();
    maps.delete(parentElement);
  };
}

class ImageMap {
  constructor(parent) {
    this.parent = parent;
    this.selected = new Set();
    this.keys = { shiftKey: false, altKey: false };
    this.plot = document.createElement("div");
    this.plot.className = "groupsight-map";
    this.plot.tabIndex = 0;
    this.plot.setAttribute("role", "application");
    this.help = document.createElement("p");
    this.help.className = "groupsight-map-help";
    this.help.textContent = HELP;
    parent.append(this.plot, this.help);
    // Plotly's events do not say which keys were held.
    this.noteKeys = ({ shiftKey, altKey }) => (this.keys = { shiftKey, altKey });
    window.addEventListener("pointerdown", this.noteKeys, true);
    this.plot.addEventListener("keydown", (event) => event.key === "Escape" && this.choose([]));
  }

  // Updates may arrive while an earlier one still loads: they are drawn one after the other.
  update(data) {
    this.work = (this.work ?? Promise.resolve())
      .then(() => this.draw(data))
      .catch((error) => this.fail(error));
  }

  async draw(data) {
    this.plot.setAttribute("aria-label", data.description);
    await loadPlotly(data.plotly);
    if (data.figure !== this.figure) {
      const { data: traces, layout } = await fetchJson(data.figure);
      await Plotly.react(this.plot, traces, this.themed(layout), CONFIG);
      if (!this.figure) this.listen();
      this.figure = data.figure;
      this.indexPoints(traces);
      this.revision = undefined;
    }
    const font = this.font();
    const modebar = { "modebar.color": `${font.color}80`, "modebar.activecolor": font.color };
    await Plotly.relayout(this.plot, { font, ...modebar });
    if (data.revision === this.revision) return;
    this.revision = data.revision;
    this.selected = new Set(data.selected);
    await this.highlight();
  }

  themed(layout) {
    const clear = "rgba(0, 0, 0, 0)";
    const modebar = { bgcolor: clear };
    return { ...layout, font: this.font(), modebar, paper_bgcolor: clear, plot_bgcolor: clear };
  }

  font() {
    const style = getComputedStyle(this.plot);
    return {
      color: style.getPropertyValue("--st-text-color").trim() || style.color,
      family: style.getPropertyValue("--st-font").trim() || style.fontFamily,
    };
  }

  indexPoints(traces) {
    this.traces = traces.map((trace) => trace.customdata);
  }

  listen() {
    this.plot.on("plotly_selected", (event) => {
      if (!event?.range && !event?.lassoPoints) return;
      this.choose(this.combine(event.points.map((point) => point.customdata)));
    });
    this.plot.on("plotly_click", (event) => {
      const id = event.points[0]?.customdata;
      if (id) this.choose(this.combine([id]), id);
    });
    this.plot.on("plotly_doubleclick", () => this.choose([]));
  }

  combine(ids) {
    if (this.keys.altKey) return [...this.selected].filter((id) => !ids.includes(id));
    return this.keys.shiftKey ? [...new Set([...this.selected, ...ids])] : ids;
  }

  choose(ids, opened = null) {
    this.selected = new Set(ids);
    this.highlight();
    this.tell({ ids, opened });
  }

  async highlight() {
    const rows = this.traces.map((ids) => this.selectedRows(ids));
    await Plotly.restyle(this.plot, { selectedpoints: rows });
    // A drawn outline that stays would swallow hover, wheel and the next lasso.
    if (this.plot.layout.selections?.length) await Plotly.relayout(this.plot, { selections: [] });
  }

  selectedRows(ids) {
    if (!this.selected.size) return null;
    return ids.flatMap((id, row) => (this.selected.has(id) ? [row] : []));
  }

  fail(error) {
    this.help.className = "groupsight-map-failed";
    this.help.textContent = `The map could not be drawn: ${error.message}. Reload the page.`;
    console.error(error);
  }

  remove() {
    window.removeEventListener("pointerdown", this.noteKeys, true);
    if (window.Plotly) Plotly.purge(this.plot);
  }
}

let plotlyLoads;
function loadPlotly(address) {
  plotlyLoads ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error("plotly.js did not load"));
    document.head.append(script);
  });
  return plotlyLoads;
}

async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}
