// What keys do while the map has the focus.

const TOWARDS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const MODES = { l: "lasso", b: "box", p: "pan" };
const ZOOMS = { "+": "in", "=": "in", "-": "out", 0: "reset" };

/** `acts` has walk, open, toggle, clear, zoom, mode; `pointer` is told of the held space bar. */
export function listenToKeys(element, acts, pointer) {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.target.closest("button")) return;
    if (press(event, acts, pointer)) event.preventDefault();
  });
  element.addEventListener("keyup", (event) => {
    if (event.key !== " " || !pointer.spaceHeld) return;
    pointer.spaceHeld = false;
    // Held for a drag it has moved the map; alone it selects.
    if (!pointer.panned) acts.toggle();
  });
  element.addEventListener("blur", () => (pointer.spaceHeld = false));
}

function press({ key, repeat }, acts, pointer) {
  if (TOWARDS[key]) acts.walk(TOWARDS[key]);
  else if (key === "Enter") acts.open();
  else if (key === "Escape") acts.clear();
  else if (key === " " && !repeat) [pointer.spaceHeld, pointer.panned] = [true, false];
  else if (ZOOMS[key]) acts.zoom(ZOOMS[key]);
  else if (MODES[key]) acts.mode(MODES[key]);
  else return key === " ";
  return true;
}
