// Moves the picture of the points that is there to where they will be drawn.

/** `from` and `to` are ranges (x0, x1, y0, y1); false where the points are no picture, but SVG. */
export function movePicture(plot, area, from, to) {
  const layer = plot.querySelector(".gl-container");
  const pictures = layer?.querySelectorAll("canvas") ?? [];
  if (!pictures.length || !plot._fullLayout._plots.xy._scene) return false;
  const [ax, bx] = change(from[0], from[1], to[0], to[1], area.width);
  // Upwards the values grow, downwards the pixels.
  const [ay, by] = change(from[3], from[2], to[3], to[2], area.height);
  const { left, top, width, height } = area;
  const { offsetWidth, offsetHeight } = plot;
  const [right, bottom] = [offsetWidth - left - width, offsetHeight - top - height];
  layer.classList.add("groupsight-map-ahead");
  layer.style.clipPath = `inset(${top}px ${right}px ${bottom}px ${left}px)`;
  for (const { style } of pictures) {
    style.transformOrigin = `${left}px ${top}px`;
    style.transform = `translate(${bx}px, ${by}px) scale(${ax}, ${ay})`;
  }
  return true;
}

export function leavePicture(plot) {
  const layer = plot.querySelector(".gl-container");
  if (!layer?.classList.contains("groupsight-map-ahead")) return;
  layer.classList.remove("groupsight-map-ahead");
  layer.style.clipPath = "";
  for (const { style } of layer.querySelectorAll("canvas")) style.transform = "";
}

/** A pixel p of the old picture lies at a * p + b of the new one. */
function change(start, end, newStart, newEnd, pixels) {
  const scale = (end - start) / (newEnd - newStart);
  return [scale, ((start - newStart) / (newEnd - newStart)) * pixels];
}
