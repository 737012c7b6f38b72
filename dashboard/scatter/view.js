// Where the points lie on the screen, and moving that: a flat map.

import { leavePicture, movePicture } from "./ahead.js";

export class FlatView {
  constructor(Plotly, plot, points) {
    this.Plotly = Plotly;
    this.plot = plot;
    this.points = points;
    this.home = homeRange(points);
    this.places = new Float32Array(2 * points.n);
  }

  /** The rectangle in which points are drawn, in pixels of the plot. */
  get area() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const { _offset: left, _length: width } = xaxis;
    return { left, top: yaxis._offset, width, height: yaxis._length };
  }

  /** What is in view, or soon will be: x0, x1, y0, y1. */
  get range() {
    return this.ahead ?? this.drawnRange;
  }

  get drawnRange() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [...xaxis.range, ...yaxis.range].map(Number);
  }

  /** Shows a range before it is drawn, if it can; says whether. With null only what is drawn. */
  moveAhead(range) {
    const { plot, area, drawnRange } = this;
    const fitted = range && fit(range, area);
    this.ahead = fitted && movePicture(plot, area, drawnRange, fitted) ? fitted : null;
    if (!this.ahead) leavePicture(plot);
    return this.ahead !== null;
  }

  /** Pixels of every row within the area: x0, y0, x1, y1, … */
  pixels() {
    const range = this.range.join();
    const { width, height } = this.area;
    const state = `${range} ${width} ${height}`;
    if (state !== this.state) {
      this.state = state;
      this.place();
    }
    return this.places;
  }

  place() {
    const [ax, bx, ay, by] = this.scales();
    const { n, x, y } = this.points;
    for (let row = 0; row < n; row++) {
      this.places[2 * row] = ax * x[row] + bx;
      this.places[2 * row + 1] = ay * y[row] + by;
    }
  }

  project({ x, y }) {
    const [ax, bx, ay, by] = this.scales();
    return [ax * x + bx, ay * y + by];
  }

  scales() {
    const [x0, x1, y0, y1] = this.range;
    const { width, height } = this.area;
    const [ax, ay] = [width / (x1 - x0), -height / (y1 - y0)];
    return [ax, -ax * x0, ay, height - ay * y0];
  }

  /** Changes only when points move relative to each other: a pan leaves it as it is. */
  get magnification() {
    const [x0, x1] = this.range;
    return Math.fround(this.area.width / (x1 - x0));
  }

  /** Whether everything is in view, as after a reset. */
  get isHome() {
    const [x0, x1, y0, y1] = this.range;
    const [hx0, hx1, hy0, hy1] = this.home;
    // The axes keep their proportion: one of them shows more than it was asked for.
    const near = (a, b, span) => Math.abs(a - b) < span * 1e-3;
    const wide = near(x0, hx0, x1 - x0) && near(x1, hx1, x1 - x0);
    const high = near(y0, hy0, y1 - y0) && near(y1, hy1, y1 - y0);
    return wide || high;
  }

  show(range) {
    const [x0, x1, y0, y1] = range ?? this.home;
    return this.Plotly.relayout(this.plot, { "xaxis.range": [x0, x1], "yaxis.range": [y0, y1] });
  }

  zoom(factor) {
    const [x0, x1, y0, y1] = this.range;
    const around = (a, b) => {
      const [middle, half] = [(a + b) / 2, ((b - a) / 2) * factor];
      return [middle - half, middle + half];
    };
    return this.show([...around(x0, x1), ...around(y0, y1)]);
  }

  /** Pan so that a place that lies outside comes into view. */
  async reveal(x, y) {
    const { width, height } = this.area;
    if (x >= 0 && y >= 0 && x <= width && y <= height) return;
    const [ax, , ay] = this.scales();
    const [dx, dy] = [(x - width / 2) / ax, (y - height / 2) / ay];
    const [x0, x1, y0, y1] = this.range;
    await this.show([x0 + dx, x1 + dx, y0 + dy, y1 + dy]);
  }

  layout(range) {
    const [x0, x1, y0, y1] = range ?? this.home;
    // Distances on the map mean the same in both directions; the numbers mean nothing.
    const bare = { showgrid: false, zeroline: false, showticklabels: false, ticks: "" };
    return {
      dragmode: "pan",
      xaxis: { ...bare, range: [x0, x1] },
      yaxis: { ...bare, range: [y0, y1], scaleanchor: "x", scaleratio: 1 },
    };
  }
}

/** The smallest range around another that has the proportion of the area. */
function fit([x0, x1, y0, y1], { width, height }) {
  const unit = Math.max((x1 - x0) / width, (y1 - y0) / height) / 2;
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [x - unit * width, x + unit * width, y - unit * height, y + unit * height];
}

function homeRange({ x, y }) {
  return [...padded(x), ...padded(y)];
}

function padded(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const margin = (high - low) * 0.05 || 1;
  return [low - margin, high + margin];
}
