// Below the card: how far one is, and a button for each thing that a key does.
import { number } from "../browser/counts.js";
import { drawSymbol } from "../gallery/icons.js";
import { make } from "../scatter/element.js";
import { describeProgress } from "./words.js";

// Each: what it means, its key as it is shown and as ARIA spells it, and its words.
const GROUPS = [
  [
    ["keep", "K", "K Enter", "Keep"],
    ["move", "M", "M", "Move to"],
    ["choose", "0–9", "", "Move to…"],
    ["new", "N", "N", "New cluster"],
    ["exclude", "X", "X", "Exclude"],
    ["tag", "T", "T", "Tag"],
  ],
  [
    ["undo", "Z", "Z", "Undo"],
    ["redo", "Y", "Y Shift+Z", "Redo"],
  ],
  [
    ["previous", "←", "ArrowLeft H", "Previous card", "icon"],
    ["next", "→", "ArrowRight J", "Next card", "icon"],
    ["help", "?", "Shift+?", "All keys", "icon"],
  ],
];
const OF_CARDS = ["keep", "move", "choose", "new", "exclude", "tag"];

export class Foot {
  // `act` gets what is meant.
  constructor(act) {
    this.buttons = new Map();
    const groups = GROUPS.map((group) => this.drawGroup(group, act));
    this.part = make("span", "part");
    this.bar = make("div", "progress", { role: "progressbar", "aria-label": "Decided" }, this.part);
    this.words = make("span", "progress-words");
    this.saving = make("span", "saving");
    this.typed = make("span", "typed");
    const line = make("div", "progress-line", {}, this.words, this.typed, this.saving);
    const buttons = make("div", "buttons", { role: "group", "aria-label": "Decide" }, ...groups);
    this.root = make("footer", "foot", {}, this.bar, line, buttons);
    this.type("");
  }

  drawGroup(group, act) {
    const buttons = group.map(([meaning, ...looks]) => {
      const button = drawButton(looks);
      button.dataset.act = meaning;
      button.addEventListener("click", () => act(meaning));
      this.buttons.set(meaning, button);
      return button;
    });
    return make("div", "button-group", {}, ...buttons);
  }

  show(queue, { undo, redo }) {
    const { decided, count, place, current: card } = queue;
    this.words.textContent = describeProgress({ decided, count, place });
    this.part.style.width = `${count ? (100 * decided) / count : 0}%`;
    this.bar.setAttribute("aria-valuemax", count);
    this.bar.setAttribute("aria-valuenow", decided);
    for (const meaning of OF_CARDS) this.enable(meaning, Boolean(card));
    this.showRival(card && queue.clusters.get(card.rival), Boolean(card));
    this.relabel("exclude", card?.status === "excluded" ? "Include" : "Exclude");
    this.enable("undo", queue.canUndo, undo && `Undo: ${undo}`);
    this.enable("redo", queue.canRedo, redo && `Redo: ${redo}`);
    this.enable("previous", place > 0);
    this.enable("next", place < count);
    this.save(queue.outbox.entries.length);
  }

  // Greyed out it can still be reached: it says why it does nothing.
  enable(meaning, isPossible, title) {
    const button = this.buttons.get(meaning);
    button.setAttribute("aria-disabled", !isPossible);
    if (title !== undefined) button.title = title || button.dataset.words;
  }

  showRival(rival, isCard) {
    const button = this.buttons.get("move");
    this.enable("move", isCard && Boolean(rival), rival ? `Move to ${rival.name}` : "");
    const name = make("span", "cluster-name", { dir: "auto" }, rival?.name ?? "rival");
    const mark = rival ? [drawSymbol(rival.symbol, rival.color)] : [];
    button.querySelector(".button-words").replaceChildren("Move to ", ...mark, name);
  }

  relabel(meaning, words) {
    this.buttons.get(meaning).querySelector(".button-words").textContent = words;
  }

  save(pending) {
    this.saving.hidden = pending === 0;
    this.saving.textContent = `keeping ${number(pending)}…`;
  }

  // What is typed so far of a cluster's number.
  type(text) {
    this.typed.hidden = !text;
    this.typed.textContent = text && `Move to ${text}… (Enter, or another digit)`;
  }
}

function drawButton([key, shortcuts, words, isIcon]) {
  const button = make("button", "act", { type: "button", title: words, "data-words": words });
  if (shortcuts) button.setAttribute("aria-keyshortcuts", shortcuts);
  if (isIcon) button.setAttribute("aria-label", words);
  else button.append(make("span", "button-words", {}, words));
  button.append(make("kbd", "", { "aria-hidden": "true" }, key));
  return button;
}
