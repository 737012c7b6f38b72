// One image with its map over it, what it is, and the scale of its colours.
import { sharpen } from "../gallery/picture.js";
import { make } from "../scatter/element.js";

export function drawPanel({ title, text, picture, layer, low, high }) {
  const frame = make("div", `frame ${layer ? "covered" : ""}`, {}, drawImage(picture, title));
  if (layer) frame.append(drawImage(layer, "", "layer"));
  const caption = make("figcaption", "caption", {}, make("span", "title", {}, title));
  if (layer && low) caption.append(drawScale(low, high));
  if (text) caption.append(make("span", "text", {}, text));
  return make("figure", "panel", {}, frame, caption);
}

function drawImage(source, alt, name = "base") {
  const image = make("img", name, { alt, draggable: "false" });
  image.addEventListener("load", () => sharpen(image));
  image.src = source;
  return image;
}

// Nothing in the middle, as on the image: what says neither is not coloured.
function drawScale(low, high) {
  const ends = make("span", "ends", {}, ...[low, "0", high].map((one) => make("span", "", {}, one)));
  return make("span", "scale", {}, make("span", "gradient", { "aria-hidden": "true" }), ends);
}
