// A small window over the deck: for a tag, a cluster or the keys. There is one at most.
import { iconButton } from "../gallery/icons.js";
import { make } from "../scatter/element.js";

export class Popup {
  // `onClose` is called when it has gone.
  constructor(onClose) {
    this.onClose = onClose;
    this.title = make("h4", "popup-title", { id: "popup-title" });
    this.body = make("div", "popup-body");
    const head = make("div", "popup-head", {}, this.title);
    head.append(iconButton("close", "Close (Esc)", () => this.close()));
    this.root = make("div", "popup", { role: "dialog", "aria-labelledby": "popup-title" });
    this.root.append(head, this.body);
    this.root.hidden = true;
  }

  get isOpen() {
    return this.kind !== undefined;
  }

  // Opened again it closes. `focus` is what gets the focus, if anything.
  toggle(kind, { title, content, focus }) {
    if (this.kind === kind) return this.close();
    this.kind = kind;
    this.root.dataset.kind = kind;
    this.title.textContent = title;
    this.body.replaceChildren(content);
    this.root.hidden = false;
    focus?.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.kind = undefined;
    this.root.hidden = true;
    this.body.replaceChildren();
    this.onClose();
  }
}
