// The contingency table: fetches what Python published, and tells it what is chosen.

import { fetchJson } from "../browser/content.js";
import { mountInTurn } from "../browser/mount.js";
import { SaveButtons } from "../browser/save_buttons.js";
import { drawFigure } from "../browser/save_part.js";
import { make } from "../scatter/element.js";
import { listenToKeys } from "./keys.js";
import { drawTable } from "./table.js";

const HINT = "The stronger the colour of a cell, the larger its share of its row.";

export default mountInTurn((parent) => new Contingency(parent), (data) => data.table);

class Contingency {
  constructor(parent) {
    this.caption = make("p", "caption", { id: "caption" });
    this.frame = make("div", "frame");
    this.active = [0, 0];
    this.chosen = [null, null];
    this.frame.addEventListener("click", ({ target }) => this.click(placeOf(target)));
    this.frame.addEventListener("pointerover", ({ target }) => this.point(placeOf(target)));
    this.frame.addEventListener("pointerleave", () => this.point(null));
    this.frame.addEventListener("focusin", ({ target }) => this.arrive(placeOf(target)));
    listenToKeys(this.frame, {
      at: () => this.active,
      size: () => this.size,
      go: (place) => this.cellAt(place).focus(),
      choose: () => this.choose(this.active),
      clear: () => this.clear(),
    });
    const saving = new SaveButtons(() => drawFigure(this.frame, this.data.picture));
    const head = make("div", "head", {}, this.caption, saving.root);
    parent.append(make("div", "contingency", {}, head, this.frame));
  }

  async draw(data) {
    this.data = data;
    const table = await fetchJson(data.table);
    if (data.table !== this.drawn) this.take(table);
    this.drawn = data.table;
    this.mark(data.chosen);
  }

  take(table) {
    const { rows, columns } = table;
    this.size = [rows.length, columns.length];
    const isEmpty = !rows.length || !columns.length;
    this.caption.textContent = isEmpty ? "There is nothing to compare." : HINT;
    const hadFocus = Boolean(this.frame.querySelector(":focus"));
    this.root = drawTable(table);
    this.frame.replaceChildren(...(isEmpty ? [] : [this.root]));
    if (isEmpty) return;
    this.leaveRoomForHeadings();
    this.makeActive(this.active.map((place, axis) => Math.min(place, this.size[axis] - 1)));
    if (hadFocus) this.cellAt(this.active).focus();
  }

  /** What is walked to must not end up behind the headings, which stay where they are. */
  leaveRoomForHeadings() {
    const { offsetWidth, offsetHeight } = this.root.querySelector(".corner");
    this.frame.style.scrollPadding = `${offsetHeight}px 0 0 ${offsetWidth}px`;
  }

  /** Row -1 holds the headings of the columns, column -1 those of the rows. */
  cellAt([row, column]) {
    return this.root.rows[row + 1].cells[column + 1];
  }

  click(place) {
    if (place) this.choose(place);
  }

  choose(place) {
    if (this.cellAt(place).getAttribute("aria-disabled")) return;
    const chosen = place.map((one) => (one < 0 ? null : one));
    this.mark(chosen);
    this.say(...chosen);
  }

  clear() {
    if (this.chosen.every((one) => one === null)) return;
    this.mark([null, null]);
    this.say(null, null);
  }

  mark(chosen) {
    this.chosen = chosen;
    const [row, column] = chosen.map((one) => one ?? -1);
    const isNone = chosen.every((one) => one === null);
    for (const cell of this.frame.querySelectorAll("[tabindex]")) {
      const [ownRow, ownColumn] = placeOf(cell);
      const isIt = !isNone && ownRow === row && ownColumn === column;
      cell.setAttribute("aria-selected", String(isIt));
      cell.classList.toggle("in-row", row >= 0 && column < 0 && ownRow === row);
      cell.classList.toggle("in-column", column >= 0 && row < 0 && ownColumn === column);
    }
  }

  /** Only one cell is reached by Tab; the arrows lead from there. */
  makeActive(place) {
    this.cellAt(this.active)?.setAttribute("tabindex", "-1");
    this.active = place;
    this.cellAt(place).setAttribute("tabindex", "0");
  }

  arrive(place) {
    if (!place) return;
    this.makeActive(place);
    this.point(place);
  }

  /** Its two headings stand out, so that one need not follow the lines by eye. */
  point(place) {
    for (const one of this.frame.querySelectorAll(".pointed")) one.classList.remove("pointed");
    if (!place) return;
    const [row, column] = place;
    if (row >= 0) this.cellAt([row, -1]).classList.add("pointed");
    if (column >= 0) this.cellAt([-1, column]).classList.add("pointed");
  }

  say(row, column) {
    this.tell("chosen", { row, column });
  }

  remove() {
    this.frame.remove();
    this.caption.remove();
  }

  fail(error) {
    this.caption.textContent = `The table could not be drawn: ${error.message}. Reload the page.`;
    this.caption.setAttribute("role", "alert");
    console.error(error);
  }
}

function placeOf(target) {
  const cell = target.closest("[data-row]");
  return cell && [Number(cell.dataset.row), Number(cell.dataset.column)];
}
