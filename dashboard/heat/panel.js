// One image with its map over it, what it is, and the scale of its colours.
import { sharpen } from "../gallery/picture.js";
import { make, makeSvg } from "../scatter/element.js";

let scales = 0;

/** `colors`: of the lowest and of the highest value. */
export function drawPanel({ title, text, picture, layer, low, high }, colors) {
  const frame = make("div", `frame ${layer ? "covered" : ""}`, {}, drawImage(picture, title));
  if (layer) frame.append(drawImage(layer, "", "layer"));
  const caption = make("figcaption", "caption", {}, make("span", "title", {}, title));
  if (layer && low) caption.append(drawScale(low, high, colors));
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
function drawScale(low, high, colors) {
  const ends = make("span", "ends", {}, ...[low, "0", high].map((one) => make("span", "", {}, one)));
  return make("span", "scale", {}, drawGradient(colors), ends);
}

// As an SVG, which is saved as it is.
function drawGradient({ low, high }) {
  const id = `heat-scale-${scales++}`;
  const stops = [[low, 0, 1], [low, 0.5, 0], [high, 0.5, 0], [high, 1, 1]].map(
    ([color, offset, opacity]) => {
      return makeSvg("stop", "", { offset, "stop-color": color, "stop-opacity": opacity });
    },
  );
  const whole = { width: "100%", height: "100%", rx: 4 };
  return makeSvg(
    "svg", "gradient", { "aria-hidden": "true" },
    makeSvg("linearGradient", "", { id }, ...stops),
    makeSvg("rect", "", { ...whole, fill: "#808080", "fill-opacity": 0.35 }),
    makeSvg("rect", "", { ...whole, fill: `url(#${id})` }),
  );
}
