// What the small windows hold: a field for a tag, the clusters to move to, and the keys.
import { drawSymbol } from "../gallery/icons.js";
import { make } from "../scatter/element.js";
import { drawImage } from "./image.js";

const KEYS = [
  ["K or Enter", "Keep it where it is"],
  ["M", "Move it to the cluster that it could be in"],
  ["0 … 9", "Move it to the cluster of that number; of two digits, type both"],
  ["N", "Move it to a new cluster"],
  ["X", "Exclude it; again: include it"],
  ["T", "Give it a tag"],
  ["Z", "Undo"],
  ["Y or Shift+Z", "Redo"],
  ["→ or J", "Next card"],
  ["← or H", "Previous card"],
  ["Home, End", "First card, last card"],
  ["?", "Show or hide these keys"],
  ["Esc", "Close what is open"],
];

/** A field in which Enter gives the tag, with those that are known to complete it. */
export function drawTagging({ tags, longest, onTag, onClose }) {
  const known = make("datalist", "", { id: "known-tags" });
  known.append(...tags.map((tag) => make("option", "", { value: tag })));
  const field = make("input", "tag-field", {
    type: "text", list: "known-tags", maxlength: longest, autocomplete: "off", enterkeyhint: "done",
    "aria-label": "Tag", placeholder: "A word or a few",
  }); // prettier-ignore
  const give = make("button", "give", { type: "submit" }, "Tag it");
  const form = make("form", "tagging", {}, field, give, known);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const tag = field.value.trim().replace(/\s+/g, " ");
    onClose();
    if (tag) onTag(tag);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    onClose();
  });
  return { content: form, focus: field };
}

/** The clusters with their medoids; the one in which the card is says so. */
export function drawTargets({ clusters, own, images, onMove }) {
  const list = make("div", "targets");
  const buttons = clusters.map((cluster) => drawTarget(cluster, cluster.number === own, images));
  buttons.forEach((button, at) =>
    button.addEventListener("click", () => onMove(clusters[at].number)),
  );
  list.append(...buttons);
  list.addEventListener("keydown", (event) => step(event, buttons));
  return { content: list, focus: buttons[0] };
}

export function drawHelp() {
  const list = make("dl", "help");
  for (const [key, words] of KEYS) {
    list.append(make("dt", "", {}, make("kbd", "", {}, key)), make("dd", "", {}, words));
  }
  return { content: list };
}

function drawTarget({ number, name, color, symbol, medoid }, isOwn, images) {
  const button = make("button", "target", { type: "button", title: name });
  button.style.setProperty("--cluster", color);
  const named = make("span", "named", {}, drawSymbol(symbol, color));
  named.append(make("span", "cluster-name", { dir: "auto" }, name));
  const key = make("kbd", "", {}, String(number));
  button.append(drawMedoid(medoid, images, color), named, key);
  if (isOwn) button.append(make("small", "here", {}, "it is here"));
  return button;
}

// Only its picture: what opens an image would be a button in a button.
function drawMedoid(medoid, images, color) {
  if (medoid === null) return make("span", "picture");
  return drawImage(medoid, images, color).querySelector(".picture");
}

function step(event, buttons) {
  const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
  const by = steps[event.key];
  if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const at = buttons.indexOf(event.target.closest(".target"));
  buttons[(at + by + buttons.length) % buttons.length].focus();
}
