// The points as Plotly's traces: one a group, so that the legend counts and toggles them.

import { has } from "../browser/bits.js";
import { escapeTags, legendText } from "./legend.js";
import { GREY, markerSize } from "./points.js";

// Viridis without its two ends, which are lost on black and on white.
export const SCALE = ["#482878", "#3b528b", "#25848e", "#2db27d", "#5ec962", "#d2e21b"];
// What scatter3d has not, by what it has.
const SOLID = { "triangle-up": "x", star: "circle-open", hexagon: "diamond-open", x: "square-open" };

/** One trace a group, its points where `count` are selected as `bits` say; kind: scatter(gl). */
export function flatTraces(points, coloring, rowsOf, options) {
  const { kind, hidden, bits, count } = options;
  const size = markerSize(points.n);
  const chosen = selectedPoints(rowsOf, bits, count);
  return rowsOf.map((rows, group) => ({
    type: kind,
    mode: "markers",
    x: take(points.x, rows),
    y: take(points.y, rows),
    customdata: rows,
    visible: hidden.has(group) ? "legendonly" : true,
    ...legend(coloring, group, options.sizes[group], options),
    hoverinfo: "none",
    marker: { size, ...look(coloring, group, rows, options) },
    unselected: { marker: { color: GREY, opacity: 0.15 } },
    selectedpoints: chosen[group],
  }));
}

/** scatter3d knows no selection: what is not selected has traces of its own, after the others. */
export function spaceTraces(points, coloring, rowsOf, options) {
  const { bits, count } = options;
  const chosen = rowsOf.map((rows) => (count ? rows.filter((row) => has(bits, row)) : rows));
  const others = rowsOf.map((rows) => (count ? rows.filter((row) => !has(bits, row)) : []));
  const size = markerSize(points.n) * 0.6;
  const own = chosen.map((rows, group) => {
    const marker = { size, ...look(coloring, group, rows, options) };
    marker.symbol = SOLID[marker.symbol] ?? marker.symbol;
    const named = legend(coloring, group, options.sizes[group], options);
    return { ...spaceTrace(points, rows, group, options), ...named, marker };
  });
  const faded = others.map((rows, group) => {
    const marker = { size, color: GREY, opacity: 0.15, line: { width: 0 } };
    return { ...spaceTrace(points, rows, group, options), showlegend: false, marker };
  });
  return [...own, ...faded];
}

function spaceTrace({ x, y, z }, rows, group, { hidden }) {
  // A trace without points would leave the legend: it gets one that lies nowhere.
  const place = (axis) => (rows.length ? take(axis, rows) : [null]);
  return {
    type: "scatter3d",
    mode: "markers",
    x: place(x),
    y: place(y),
    z: place(z),
    customdata: rows,
    visible: hidden.has(group) ? "legendonly" : true,
    legendgroup: String(group),
    hoverinfo: "none",
  };
}

function take(axis, rows) {
  return Float32Array.from(rows, (row) => axis[row]);
}

function legend({ looks, values }, group, count, { room, theme }) {
  const showlegend = count > 0 && !(values && group === 0);
  return { name: legendText(looks[group].name, count, room, theme.font), showlegend };
}

function look(coloring, group, rows, { theme }) {
  const { symbol, color } = coloring.looks[group];
  const own = { symbol, opacity: 0.85, line: { width: 0 } };
  if (!coloring.values || group) return { ...own, color };
  return { ...own, ...scaled(coloring, take(coloring.values, rows), theme) };
}

/** The colour of a row by its value. */
export function colorOf({ values, range: [low, high] }, row) {
  const share = high > low ? (values[row] - low) / (high - low) : 0;
  const place = Math.min(Math.max(share, 0), 1) * (SCALE.length - 1);
  const start = Math.min(Math.floor(place), SCALE.length - 2);
  const [from, to] = [SCALE[start], SCALE[start + 1]].map(readParts);
  const parts = from.map((part, at) => Math.round(part + (to[at] - part) * (place - start)));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function readParts(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function scaled({ title, range }, color, { text, font }) {
  const colorscale = SCALE.map((color, place) => [place / (SCALE.length - 1), color]);
  const written = { color: text, family: font };
  const colorbar = {
    title: { text: escapeTags(title), side: "top", font: written },
    tickfont: written,
    thickness: 12,
    len: 0.6,
    y: 1,
    yanchor: "top",
    outlinewidth: 0,
  };
  const [cmin, cmax] = range;
  return { color, colorscale, cmin, cmax, showscale: true, colorbar };
}

/** For each trace which of its points are selected; null where nothing is. */
export function selectedPoints(rowsOf, bits, count) {
  if (!count) return rowsOf.map(() => null);
  return rowsOf.map((rows) => {
    const chosen = [];
    rows.forEach((row, place) => has(bits, row) && chosen.push(place));
    return chosen;
  });
}
