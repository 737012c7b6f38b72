// Saves a picture as a file: SVG as it is, PNG at twice its size; both say what made them.

import { addText } from "./save_png.js";

const SCALE = 2;
// Browsers draw nothing on larger canvases.
const MOST_PIXELS = 16384;

/** `drawn`: SVG as text and its size; `about`: the name of the file and what made it. */
export async function savePicture({ text, width, height }, { name, making }, kind) {
  const svg = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") return offer(svg, `${name}.svg`);
  const png = await rasterize(svg, width, height);
  offer(await addText(png, { Description: making, Software: "Groupsight" }), `${name}.png`);
}

async function rasterize(svg, width, height) {
  const scale = Math.min(SCALE, MOST_PIXELS / Math.max(width, height));
  const image = await load(svg);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!png) throw new Error("the picture is too large for this browser");
  return png;
}

async function load(svg) {
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: the browser has yet to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
