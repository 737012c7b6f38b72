// Pictures of the page as those of an SVG, with all that they show in it.

import { makeSvg } from "../scatter/element.js";

const GREY = "grayscale(1)";
let greys = 0;

/** What stands for an `img`; `fill` is to be called before it is seen. */
export function drawImage(node, box, style) {
  const fit = style.objectFit === "cover" ? "slice" : "meet";
  const image = frameImage(box, style, { preserveAspectRatio: `xMidYMid ${fit}` });
  const fill = async () => image.setAttribute("href", await read(node.currentSrc));
  const parts = style.filter === GREY ? [drawGrey(image), image] : [image];
  return { parts, fill: node.currentSrc ? fill : null };
}

/** What stands for a canvas, as it is painted now. */
export function drawCanvas(node, box, style) {
  return frameImage(box, style, { href: node.toDataURL(), preserveAspectRatio: "none" });
}

function frameImage(box, style, about) {
  const image = makeSvg("image", "", { ...box, ...about });
  if (style.imageRendering === "pixelated") image.setAttribute("style", "image-rendering:pixelated");
  return image;
}

// Other programs than browsers know the element alone, and not what CSS calls it.
function drawGrey(image) {
  const id = `grey-${greys++}`;
  image.setAttribute("filter", `url(#${id})`);
  const matrix = makeSvg("feColorMatrix", "", { type: "saturate", values: 0 });
  return makeSvg("filter", "", { id, "color-interpolation-filters": "sRGB" }, matrix);
}

async function read(address) {
  const blob = await (await fetch(address)).blob();
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return reader.result;
}
