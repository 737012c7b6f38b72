// The frame of a picture: its background, what is drawn, and below it what made it, in words and
// as metadata.

import { makeSvg } from "../scatter/element.js";

/** Of the same widths on most systems; the page's own font is not in the file. */
export const FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif";
const MARGIN = 16;
const CAPTION_PX = 11;
const LINE_PX = 15;
const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/**
 * A whole SVG as text. `parts` are elements with their origin at 0, 0 and the size that is given;
 * `theme`: the colours of `text` and `background`.
 */
export function framePicture(parts, { width, height }, { name, making }, theme) {
  const lines = wrap(making, width);
  const size = {
    width: Math.ceil(width + 2 * MARGIN),
    height: Math.ceil(height + 2 * MARGIN + LINE_PX * lines.length),
  };
  const inside = makeSvg("g", "", { transform: `translate(${MARGIN} ${MARGIN})` }, ...parts);
  const svg = makeSvg(
    "svg", "", { ...size, viewBox: `0 0 ${size.width} ${size.height}`, "font-family": FONT },
    makeSvg("title", "", {}, name),
    makeSvg("metadata", "", {}, making),
    makeSvg("rect", "", { width: "100%", height: "100%", fill: theme.background }),
    inside,
    drawCaption(lines, height + 2 * MARGIN, theme),
  );
  // What no XML can hold; half letters become question marks where the text becomes bytes.
  const text = new XMLSerializer().serializeToString(svg).replace(UNREADABLE, "\ufffd");
  return { text, ...size };
}

function drawCaption(lines, top, { text }) {
  const about = { x: MARGIN, fill: text, "fill-opacity": 0.75, "font-size": CAPTION_PX };
  const drawn = lines.map((line, place) => {
    return makeSvg("tspan", "", { x: MARGIN, y: top + LINE_PX * (place + 0.4) }, line);
  });
  return makeSvg("text", "caption", about, ...drawn);
}

/** Lines that fit; a word that is longer than a line is cut. */
function wrap(text, width) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${CAPTION_PX}px ${FONT}`;
  const fits = (line) => pen.measureText(line).width <= width;
  const lines = [""];
  for (const word of text.split(/\s+/).flatMap((one) => cut(one, fits))) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.filter(Boolean);
}

function cut(word, fits) {
  const parts = [""];
  for (const letter of word) {
    if (parts.at(-1) && !fits(parts.at(-1) + letter)) parts.push("");
    parts[parts.length - 1] += letter;
  }
  return parts;
}
