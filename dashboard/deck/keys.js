// What keys mean to the deck, and when they are meant for it.

const LETTERS = {
  k: "keep", m: "move", n: "new", x: "exclude", t: "tag", z: "undo", y: "redo",
  j: "next", h: "previous", "?": "help",
}; // prettier-ignore
const OTHERS = {
  Enter: "enter", ArrowRight: "next", ArrowLeft: "previous", Home: "first", End: "last",
  Escape: "close",
}; // prettier-ignore
// Held down they walk; all else is decided once for each press.
const HELD = new Set(["next", "previous"]);
// What takes no letters, so that these are the deck's: a button that was just clicked, say.
const DEAF_TO_LETTERS =
  "button, a, summary, [role=button], [role=radio], [role=tab], [role=switch], [role=checkbox], " +
  "input:is([type=checkbox], [type=radio], [type=button], [type=submit])";

const WRITTEN_IN =
  "textarea, select, " +
  "input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit])";
const MODAL = "[aria-modal=true], [data-testid=stDialog]";

/**
 * Calls `act` with a meaning, or with a digit, and whether the key would also press what has the
 * focus; what it returns true for is handled.
 */
export function listenToKeys(root, act) {
  const press = (event) => {
    const meaning = meaningOf(event);
    if (!meaning || !isForUs(event, root)) return;
    const [target] = event.composedPath();
    const presses = event.key === "Enter" && target instanceof Element && target.matches("button");
    if (act(meaning, { presses })) event.preventDefault();
  };
  window.addEventListener("keydown", press);
  return () => window.removeEventListener("keydown", press);
}

export function meaningOf(event) {
  const { key, ctrlKey, altKey, metaKey, shiftKey, repeat } = event;
  if (ctrlKey || altKey || metaKey || event.isComposing || event.defaultPrevented) return null;
  const letter = letterOf(event);
  const named = OTHERS[key] ?? LETTERS[letter];
  const meaning = /^[0-9]$/.test(letter) ? letter : shiftKey && named === "undo" ? "redo" : named;
  return repeat && !HELD.has(meaning) ? null : (meaning ?? null);
}

// On a keyboard of another script the key's place counts.
function letterOf({ key, code }) {
  if (key.length === 1 && key.charCodeAt(0) > 127) return code.replace(/^Key|^Digit/, "").toLowerCase();
  return key.toLowerCase();
}

function isForUs(event, root) {
  const [target] = event.composedPath();
  if (!(target instanceof Element)) return true;
  if (target.matches(WRITTEN_IN) || target.isContentEditable) return false;
  if (event.composedPath().includes(root)) return true;
  if (document.querySelector(MODAL)) return false;
  if (target === document.body || target === document.documentElement) return true;
  return event.key.length === 1 && target.matches(DEAF_TO_LETTERS);
}
