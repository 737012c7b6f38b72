// What keys do in the table: arrows move, Enter chooses, Escape clears.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const PAGES = { PageUp: [-10, 0], PageDown: [10, 0] };

/** `acts` knows where it is `at`, the `size` of the table, and can go, choose and clear. */
export function listenToKeys(element, acts) {
  element.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    if (press(event, acts)) event.preventDefault();
  });
}

function press({ key, ctrlKey }, acts) {
  const target = targetOf(key, ctrlKey, acts.at(), acts.size());
  if (target) acts.go(target);
  else if (key === "Enter" || key === " ") acts.choose();
  else if (key === "Escape") acts.clear();
  else return false;
  return true;
}

/** Rows and columns begin at the headings, at -1; but in the corner nothing can be chosen. */
function targetOf(key, far, [row, column], [rows, columns]) {
  if (key === "Home") return [far ? 0 : row, 0];
  if (key === "End") return [far ? rows - 1 : row, columns - 1];
  const step = (STEPS[key] ?? PAGES[key])?.map((one) => (far ? one * Infinity || 0 : one));
  if (!step) return null;
  const least = [column < 0 ? 0 : -1, row < 0 ? 0 : -1];
  const to = [row + step[0], column + step[1]];
  return to.map((one, axis) => Math.min(Math.max(one, least[axis]), [rows, columns][axis] - 1));
}
