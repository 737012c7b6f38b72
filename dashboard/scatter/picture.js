// The map as a picture: on the plane every point by itself, in space as it is seen; and the legend.

import { has } from "../browser/bits.js";
import { drawPart } from "../browser/save_dom.js";
import { framePicture } from "../browser/save_frame.js";
import { drawSymbol } from "../gallery/icons.js";
import { makeSvg } from "./element.js";
import { drawLegend } from "./picture_legend.js";
import { GREY, markerSize } from "./points.js";
import { readTheme } from "./theme.js";
import { colorOf } from "./traces.js";

const GAP = 20;
// Symbols are drawn 12 wide around 8, 8.
const SYMBOL_PX = 12;
const OPACITY = 0.85;
const FADED = { color: GREY, opacity: 0.15 };

/** In which kinds a map can be saved: in space no program but this one could turn it. */
export function kindsOf({ kind }) {
  return kind === "scatter3d" ? ["png"] : ["png", "svg"];
}

/** What is in view, with what lies over it, as the page's colours have it now. */
export async function drawPicture({ face, figure, selected, data }) {
  const theme = readTheme(face.plot);
  const { area } = figure.view;
  const inSpace = figure.kind === "scatter3d";
  const below = inSpace ? [await drawSpace(figure)] : drawPoints(figure, selected);
  const { parts: above } = await drawPart(face.overlay.root);
  const legend = inSpace ? { width: 0, height: 0, parts: [] } : drawLegend(figure, theme);
  const width = inSpace ? figure.plot.offsetWidth - area.left : area.width + GAP + legend.width;
  const size = { width, height: Math.max(area.height, legend.height) };
  const beside = makeSvg("g", "", { transform: `translate(${area.width + GAP} 0)` }, ...legend.parts);
  const drawn = framePicture([...below, ...above, beside], size, data.picture, theme);
  return { drawn, about: data.picture };
}

async function drawSpace({ Plotly, plot, view }) {
  const { offsetWidth: width, offsetHeight: height } = plot;
  const href = await Plotly.toImage(plot, { format: "png", scale: 2, width, height });
  const { left, top } = view.area;
  return makeSvg("image", "", { href, width, height, x: -left, y: -top });
}

/** The faded points first: what is selected lies above them. */
function drawPoints({ view, points, coloring, drawnGroups, hidden }, { bits, count }) {
  const groups = coloring.looks.map(() => [[], []]);
  const { width, height } = view.area;
  const pixels = view.pixels();
  drawnGroups.forEach((group, row) => {
    const [x, y] = [pixels[2 * row], pixels[2 * row + 1]];
    if (!groups[group] || hidden.has(group)) return;
    if (x < 0 || y < 0 || x > width || y > height) return;
    groups[group][!count || has(bits, row) ? 1 : 0].push({ row, x, y });
  });
  const size = markerSize(points.n);
  return [0, 1].flatMap((chosen) =>
    groups.map((own, group) => drawGroup(own[chosen], coloring, group, size, chosen)),
  );
}

function drawGroup(own, coloring, group, size, chosen) {
  const { color, symbol } = coloring.looks[group];
  const byValue = chosen && coloring.values && !group;
  const { color: fill, opacity } = chosen ? { color: color ?? GREY, opacity: OPACITY } : FADED;
  const shape = shapeOf(symbol, size);
  const points = own.map(({ row, x, y }) => {
    const about = byValue ? { fill: colorOf(coloring, row) } : {};
    return makeSvg(shape.tag, "", { ...shape.place(x, y), ...about });
  });
  return makeSvg("g", "points", { fill, "fill-opacity": opacity }, ...points);
}

function shapeOf(symbol, size) {
  if (symbol === "circle") {
    return { tag: "circle", place: (x, y) => ({ cx: short(x), cy: short(y), r: size / 2 }) };
  }
  const d = drawSymbol(symbol, "").firstChild.getAttribute("d");
  const scale = short(size / SYMBOL_PX);
  const place = (x, y) => {
    const corner = `${short(x - 8 * scale)} ${short(y - 8 * scale)}`;
    return { d, transform: `translate(${corner}) scale(${scale})` };
  };
  return { tag: "path", place };
}

function short(number) {
  return Math.round(100 * number) / 100;
}
