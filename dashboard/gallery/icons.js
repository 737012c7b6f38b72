// The icons of the components, as SVG elements that take the colour of the text around them.
const SVG = "http://www.w3.org/2000/svg";
const STROKES = {
  check: ["M3.5 8.5l3 3 6-7"],
  close: ["M4 4l8 8M12 4l-8 8"],
  copy: ["M6 6h7v7H6z", "M10 6V3H3v7h3"],
  edit: ["M3 13l.6-2.9L10.5 3.2l2.3 2.3-6.9 6.9z", "M9 4.8l2.2 2.2"],
  left: ["M10 3.5L5.5 8l4.5 4.5"],
  right: ["M6 3.5L10.5 8 6 12.5"],
  small: ["M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z"],
  large: ["M3 3h10v10H3z"],
};
// The marks of the map's groups, named as Plotly names them.
const SYMBOLS = {
  circle: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z",
  diamond: "M8 1.5L14.5 8 8 14.5 1.5 8z",
  square: "M2.5 2.5h11v11h-11z",
  cross: "M5.8 2h4.4v3.8H14v4.4h-3.8V14H5.8v-3.8H2V5.8h3.8z",
  "triangle-up": "M8 2l6.5 11.5h-13z",
  star: "M8 1l2.1 4.9 5.2.5-3.9 3.5 1.2 5.2L8 12.4l-4.6 2.7 1.2-5.2L.7 6.4l5.2-.5z",
  hexagon: "M8 1.5l5.8 3.3v6.4L8 14.5l-5.8-3.3V4.8z",
  x: "M4.5 2L8 5.4 11.5 2 14 4.5 10.6 8l3.4 3.5-2.5 2.5L8 10.6 4.5 14 2 11.5 5.4 8 2 4.5z",
};

export function drawIcon(name) {
  const icon = frame("icon");
  for (const d of STROKES[name]) icon.append(path({ d, class: "stroke" }));
  return icon;
}

export function drawSymbol(name, color) {
  const symbol = frame("symbol");
  symbol.append(path({ d: SYMBOLS[name] ?? SYMBOLS.circle, fill: color }));
  return symbol;
}

// A button that is only an icon says what it does to everyone.
export function iconButton(icon, label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.append(drawIcon(icon));
  button.addEventListener("click", act);
  return button;
}

function frame(kind) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", kind);
  return svg;
}

function path(attributes) {
  const element = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
