// What is known of the image, line by line; a path can be copied.
import { iconButton, drawIcon } from "../gallery/icons.js";

const THANKS_MS = 1500;

export function drawFacts(facts) {
  const list = document.createElement("dl");
  list.className = "facts";
  for (const fact of facts) {
    const name = document.createElement("dt");
    name.textContent = fact.name;
    list.append(name, drawValue(fact));
  }
  return list;
}

function drawValue({ name, text, color, copies }) {
  const value = document.createElement("dd");
  if (color) value.append(drawSwatch(color));
  const words = document.createElement("span");
  words.className = copies ? "path" : "words";
  words.textContent = text;
  value.append(words);
  if (copies) value.append(drawCopy(name, text));
  return value;
}

function drawSwatch(color) {
  const swatch = document.createElement("span");
  swatch.className = "swatch";
  swatch.style.background = color;
  return swatch;
}

function drawCopy(name, text) {
  const label = `Copy ${name.toLowerCase()}`;
  const button = iconButton("copy", label, async () => say(button, label, await copy(text)));
  return button;
}

function say(button, label, done) {
  const words = done ? "Copied" : "The browser did not allow it";
  const show = (icon, title) => {
    button.replaceChildren(drawIcon(icon));
    button.title = title;
    button.setAttribute("aria-label", title);
  };
  button.classList.toggle("copied", done);
  show(done ? "check" : "close", words);
  setTimeout(() => {
    button.classList.remove("copied");
    show("copy", label);
  }, THANKS_MS);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

// Over plain HTTP from another machine a browser has no clipboard for scripts but this one.
function copyTheOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus?.();
  return done;
}
