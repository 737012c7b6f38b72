// What mouse and keyboard do on the ribbon, said in its words.
import { nextItem } from "./walk.js";

export class Hand {
  // `ribbon` knows hover(item), focus(item), blur(), walkTo(item), choose(item), clear(),
  // itemAt(event), itemOf(element) and columns.
  constructor({ root, stage }, ribbon) {
    this.ribbon = ribbon;
    this.origin = null; // the node whose ribbons the keys step through
    stage.addEventListener("pointermove", (event) => ribbon.hover(ribbon.itemAt(event)));
    stage.addEventListener("pointerleave", () => ribbon.hover(null));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.press(event));
    root.addEventListener("focusin", ({ target }) => this.focus(target));
    root.addEventListener("focusout", () => ribbon.blur());
  }

  click(event) {
    const item = this.ribbon.itemAt(event);
    if (item) this.ribbon.choose(item);
  }

  focus(target) {
    const item = this.ribbon.itemOf(target);
    if (!item) return;
    if (item.kind !== "flow") this.origin = item;
    this.ribbon.focus(item);
  }

  press(event) {
    const act = event.altKey || event.ctrlKey || event.metaKey ? null : this.meaningOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  meaningOf(event) {
    const { ribbon, origin } = this;
    if (event.key === "Escape") return ribbon.chosen ? () => ribbon.clear() : null;
    const item = ribbon.itemOf(event.target);
    if (!item) return null;
    // A button is pressed by these keys by itself, a drawn ribbon is not.
    if (event.key === "Enter" || event.key === " ") {
      return item.kind === "flow" ? () => ribbon.choose(item) : null;
    }
    const next = nextItem(item, event, { columns: ribbon.columns, origin });
    return next && (() => ribbon.walkTo(next));
  }
}
