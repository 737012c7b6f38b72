// Makes elements in one expression; texts become text, never markup.

const SVG = "http://www.w3.org/2000/svg";

export function make(tag, className = "", attributes = {}, ...children) {
  return fill(document.createElement(tag), className, attributes, children);
}

export function makeSvg(tag, className = "", attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), className, attributes, children);
}

function fill(element, className, attributes, children) {
  if (className) element.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
