// Where the points lie on the screen, and moving that: a map of three dimensions.

const HOME = { eye: [1, 1, 1], center: [0, 0, 0], up: [0, 0, 1] };
const PARTS = ["eye", "center", "up"];

export class SpaceView {
  constructor(Plotly, plot, points) {
    this.Plotly = Plotly;
    this.plot = plot;
    this.points = points;
    this.places = new Float32Array(2 * points.n);
  }

  get scene() {
    return this.plot._fullLayout.scene._scene;
  }

  get lags() {
    return true;
  }

  get area() {
    const { l, t, w, h } = this.plot._fullLayout._size;
    return { left: l, top: t, width: w, height: h };
  }

  /** The camera as nine numbers: where it is, what it looks at, what is up. */
  get range() {
    const camera = this.scene.getCamera();
    return PARTS.flatMap((part) => [camera[part].x, camera[part].y, camera[part].z]);
  }

  pixels() {
    const state = this.magnification;
    if (state !== this.state) {
      this.state = state;
      this.place();
    }
    return this.places;
  }

  place() {
    const { n, x, y, z } = this.points;
    const project = this.projector();
    for (let row = 0; row < n; row++) {
      [this.places[2 * row], this.places[2 * row + 1]] = project(x[row], y[row], z[row]);
    }
  }

  project({ x, y, z }) {
    return this.projector()(x, y, z);
  }

  /** From data to pixels; what is behind the camera lies nowhere. */
  projector() {
    const { model, view, projection } = this.scene.glplot.cameraParams;
    const matrix = multiply(projection, multiply(view, model));
    const [sx, sy, sz] = this.scene.dataScale;
    const { width, height } = this.area;
    return (x, y, z) => {
      const at = (line) =>
        matrix[line] * x * sx + matrix[line + 4] * y * sy + matrix[line + 8] * z * sz +
        matrix[line + 12];
      const depth = at(3);
      if (depth <= 0) return [NaN, NaN];
      return [(0.5 + at(0) / depth / 2) * width, (0.5 - at(1) / depth / 2) * height];
    };
  }

  get magnification() {
    const { model, view, projection } = this.scene.glplot.cameraParams;
    return [this.area.width, this.area.height, ...model, ...view, ...projection].join();
  }

  /** Whether the camera is where it was at first. */
  get isHome() {
    const home = PARTS.flatMap((part) => HOME[part]);
    return this.range.every((value, place) => Math.abs(value - home[place]) < 1e-3);
  }

  /** A turned cloud is another picture. */
  moveAhead() {
    return false;
  }

  show(range) {
    return this.Plotly.relayout(this.plot, { "scene.camera": cameraOf(range) });
  }

  zoom(factor) {
    const [ex, ey, ez, cx, cy, cz, ...up] = this.range;
    const nearer = (eye, center) => center + (eye - center) * factor;
    return this.show([nearer(ex, cx), nearer(ey, cy), nearer(ez, cz), cx, cy, cz, ...up]);
  }

  /** All of a turned cloud is in view, or is not for turning it by keys. */
  async reveal() {}

  layout(range) {
    const bare = {
      showgrid: false, zeroline: false, showticklabels: false, ticks: "", title: { text: "" },
      showbackground: false, showspikes: false, showline: true, linecolor: "#88888860",
    };
    const scene = { xaxis: bare, yaxis: bare, zaxis: bare, aspectmode: "data" };
    return { scene: { ...scene, dragmode: "orbit", camera: cameraOf(range) } };
  }
}

function cameraOf(range) {
  const numbers = range ?? PARTS.flatMap((part) => HOME[part]);
  const part = (first) => ({ x: numbers[first], y: numbers[first + 1], z: numbers[first + 2] });
  return { eye: part(0), center: part(3), up: part(6) };
}

/** Of two 4 x 4 matrices, each column after column. */
function multiply(a, b) {
  return Array.from({ length: 16 }, (_, place) => {
    const [line, column] = [place % 4, place - (place % 4)];
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += a[line + 4 * k] * b[column + k];
    return sum;
  });
}
