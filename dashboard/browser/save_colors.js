// Colours as every program that reads SVG knows them.

const known = new Map();
let pen;

/** A CSS colour, however it is written, as `{ hex, alpha }`. */
export function readColor(css) {
  if (!known.has(css)) known.set(css, paint(css));
  return known.get(css);
}

function paint(css) {
  pen ??= makePen();
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = "rgba(0, 0, 0, 0)"; // what is no colour leaves this one
  pen.fillStyle = css;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
  const hex = [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  return { hex: `#${hex}`, alpha: Math.round((1000 * alpha) / 255) / 1000 };
}

function makePen() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  return canvas.getContext("2d", { willReadFrequently: true });
}
