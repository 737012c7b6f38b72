// Scrolls a list, and never the page around it.

// Brings a part of it into view with the least scrolling; of what is too high, the top.
// `covered` pixels at the list's top lie under something.
export function reveal(list, root, covered = 0) {
  const [frame, part] = [list.getBoundingClientRect(), root.getBoundingClientRect()];
  const above = part.top - frame.top - covered;
  const below = part.bottom - frame.bottom;
  if (above < 0) list.scrollTop += above;
  else if (below > 0) list.scrollTop += Math.min(above, below);
}

// Makes a change above or in a part without moving it.
export function holdStill(list, root, change) {
  const before = root.getBoundingClientRect().top;
  change();
  list.scrollTop += root.getBoundingClientRect().top - before;
}
