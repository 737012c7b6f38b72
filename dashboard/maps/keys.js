// Two keys for the whole page, but for where one writes: [ and ] go from layer to layer.
const STEPS = { "[": -1, "]": 1 };
const WRITTEN_IN =
  "textarea, select, " +
  "input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit])";

/** Calls `step` with -1 or 1; gives back what ends it. */
export function listenToBrackets(step) {
  // On some keyboards a bracket needs Alt, or Ctrl and Alt.
  const pressed = (event) => {
    const by = STEPS[event.key];
    if (!by || event.metaKey || (event.ctrlKey && !event.altKey) || isWriting(event)) return;
    event.preventDefault();
    step(by);
  };
  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}

function isWriting(event) {
  const [target] = event.composedPath();
  return target instanceof Element && (target.matches(WRITTEN_IN) || target.isContentEditable);
}

/** Where an arrow leads among `count` tiles in rows of `columns`; undefined for other keys. */
export function stepFrom(place, key, { columns, count }) {
  const to = {
    ArrowLeft: place - 1,
    ArrowRight: place + 1,
    ArrowUp: place - columns,
    ArrowDown: place + columns,
    Home: 0,
    End: count - 1,
  }[key];
  return to >= 0 && to < count ? to : undefined;
}
