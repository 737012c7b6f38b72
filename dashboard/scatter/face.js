// The elements of the map: toolbar, plot, overlay, and the sentences below them.

import { number } from "../browser/counts.js";
import { Card } from "./card.js";
import { make } from "./element.js";
import { Overlay } from "./overlay.js";

const HELP =
  "Draw around images to select them, click one to open it. Shift adds, Alt takes away, Esc " +
  "clears. The wheel zooms, Space and drag moves.";

export class Face {
  constructor(parent) {
    this.plot = make("div", "groupsight-map-plot");
    this.overlay = new Overlay();
    this.loading = make("p", "groupsight-map-loading", {}, "Loading the map");
    const about = { role: "application", "aria-roledescription": "map of images", tabindex: "0" };
    this.stage = make("div", "groupsight-map-stage", about);
    this.stage.append(this.plot, this.overlay.root, this.loading);
    this.caveat = make("span", "groupsight-map-caveat", { role: "status" });
    this.selected = make("strong");
    this.help = make("span", "", {}, HELP);
    this.below = make("p", "groupsight-map-below", {}, this.caveat, this.selected, this.help);
    this.live = make("p", "groupsight-map-live", { "aria-live": "polite" });
    this.root = make("div", "groupsight-map", { "data-state": "loading" });
    this.root.append(this.stage, this.below, this.live);
    this.card = new Card(this.root);
    parent.append(this.root);
  }

  describe(text) {
    this.stage.setAttribute("aria-label", text);
  }

  ready(caveat, ids) {
    this.loading.remove();
    this.root.dataset.ids = ids;
    this.caveat.textContent = caveat ?? "";
    this.root.dataset.state = "drawn";
  }

  count(selected) {
    this.selected.textContent = selected ? `${number(selected)} selected. ` : "";
  }

  say(text) {
    this.live.textContent = text;
  }

  fail(error) {
    this.root.dataset.state = "failed";
    this.loading.setAttribute("role", "alert");
    this.loading.textContent = `The map could not be drawn: ${error.message}. Reload the page.`;
    this.stage.append(this.loading);
    console.error(error);
  }
}
