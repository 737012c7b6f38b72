// The inspector's keys: some while it has the focus, two of them everywhere but in a text field.
const HERE = { ArrowLeft: "previous", ArrowRight: "next", Escape: "close" };
const EVERYWHERE = { "[": "previous", "]": "next" };
const WRITTEN_IN =
  "textarea, select, " +
  "input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit])";

// Calls `act` with "previous", "next" or "close"; gives back what ends it.
export function listenToKeys(root, act) {
  const here = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    answer(event, HERE[event.key], act);
  };
  // On some keyboards a bracket needs Alt, or Ctrl and Alt.
  const everywhere = (event) => {
    if (event.metaKey || (event.ctrlKey && !event.altKey) || isWriting(event)) return;
    answer(event, EVERYWHERE[event.key], act);
  };
  root.addEventListener("keydown", here);
  window.addEventListener("keydown", everywhere);
  return () => window.removeEventListener("keydown", everywhere);
}

function answer(event, meaning, act) {
  if (!meaning) return;
  event.preventDefault();
  event.stopPropagation();
  act(meaning);
}

function isWriting(event) {
  const [target] = event.composedPath();
  return target instanceof Element && (target.matches(WRITTEN_IN) || target.isContentEditable);
}
