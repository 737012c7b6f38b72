// A cluster's name, changed where it stands: Enter keeps what was typed, Escape what was there.
import { drawIcon } from "../gallery/icons.js";

export function drawName({ name, longest, onRename }) {
  const box = document.createElement("span");
  box.className = "name-box";
  showName(box, { name, longest, onRename });
  return box;
}

function showName(box, given) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "name";
  button.title = "Rename";
  button.setAttribute("aria-label", `Rename ${given.name}`);
  const words = document.createElement("span");
  words.className = "name-text";
  words.textContent = given.name;
  button.append(words, drawIcon("edit"));
  button.addEventListener("click", () => edit(box, given));
  box.replaceChildren(button);
  return button;
}

function edit(box, given) {
  const field = document.createElement("input");
  field.className = "name-field";
  field.value = given.name;
  field.maxLength = given.longest;
  field.setAttribute("aria-label", `New name of ${given.name}`);
  let done = false;
  const finish = (keep, refocus) => {
    if (done) return; // taking the field away blurs it
    done = true;
    const name = keep ? field.value.trim() : given.name;
    const button = showName(box, { ...given, name: name || given.name });
    if (refocus) button.focus();
    if (name !== given.name) given.onRename(name);
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    // Enter that ends the composing of a letter is not yet an answer.
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault(); // else Enter presses the button that takes the field's place
    finish(event.key === "Enter", true);
  });
  field.addEventListener("blur", () => field.isConnected && finish(true, false));
  box.replaceChildren(field);
  field.focus();
  field.select();
}
