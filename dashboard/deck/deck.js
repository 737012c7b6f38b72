// The deck: draws the card at which the hand is, and tells Python what the hand decided.
import { mountInTurn } from "../browser/mount.js";
import { Pointing } from "../browser/pointing.js";
import { emit } from "../browser/signals.js";
import { loadImages } from "../gallery/images.js";
import { rowOf } from "../gallery/opener.js";
import { make } from "../scatter/element.js";
import { Foot } from "./foot.js";
import { Hand } from "./hand.js";
import { Note } from "./note.js";
import { Popup } from "./popup.js";
import { Post } from "./post.js";
import { Queue } from "./queue.js";
import { Shelf } from "./shelf.js";
import { describeLate } from "./words.js";

// What another than the hand put before it, it does not decide with a key that was on its way.
const DEAF_MS = 500;

export default mountInTurn((parent) => new Deck(parent), (data) => data.queue);

class Deck {
  constructor(parent) {
    this.queue = new Queue();
    this.post = new Post(this.queue, {
      send: (message) => this.tell("said", message),
      onSilence: (words) => this.warn(words),
    });
    this.popup = new Popup(() => this.refocus());
    this.root = make("section", "deck", { tabindex: "-1", "aria-label": "The queue", dir: "ltr" });
    this.hand = new Hand(this);
    this.foot = new Foot((meaning) => this.hand.act(meaning));
    this.shelf = new Shelf({ untag: (text) => this.hand.decide("untag", { text }) });
    this.note = new Note((meaning) => this.hand.act(meaning));
    this.warning = make("p", "warning", { role: "alert" });
    this.status = make("div", "spoken", { role: "status" });
    const top = make("div", "top", {}, this.warning, this.shelf.root, this.note.root, this.popup.root);
    this.root.append(top, this.foot.root, this.status);
    this.warn("");
    parent.append(this.root);
    this.listen();
  }

  listen() {
    this.root.addEventListener("click", (event) => this.click(event));
    this.pointing = new Pointing("deck", (row) => this.ring(row));
    this.pointing.follow(this.root, rowOf);
  }

  async draw(data) {
    if (!this.images?.isFor(data.images)) await this.takeImages(data.images);
    const { queue } = this;
    const before = queue.data && queue.place;
    const { refused, late } = queue.take(data);
    if (before !== undefined && queue.place !== before) this.deafUntil = performance.now() + DEAF_MS;
    if (refused) this.warn(`Not kept: ${data.refused}`);
    if (late) this.warn(describeLate(late));
    this.show();
    this.post.follow();
  }

  async takeImages(data) {
    const images = await loadImages(data);
    if (images.data.ids !== this.images?.data.ids) this.shelf.empty();
    this.images = images;
    const named = () => images === this.images && this.shelf.name();
    images.loadNames().then(named).catch((error) => this.fail(error));
  }

  get isDeaf() {
    return performance.now() < (this.deafUntil ?? 0);
  }

  get drawn() {
    return { images: this.images, full: this.queue.data.full };
  }

  show() {
    const { queue } = this;
    const focused = this.root.getRootNode().activeElement;
    if (this.shelf.show(queue, this.drawn)) this.showAnother();
    this.note.show(queue);
    this.foot.show(queue, queue.data);
    if (focused && isGone(focused)) this.refocus();
    cancelAnimationFrame(this.frame);
    // After the card is seen there is time for those that follow.
    this.frame = requestAnimationFrame(() => setTimeout(() => this.prepare()));
  }

  showAnother() {
    this.hand.digits.clear(); // what was typed was meant for the card before
    this.popup.close();
    this.pointing.at(null);
  }

  prepare() {
    if (this.root.isConnected) this.shelf.prepare(this.queue, this.drawn);
  }

  warn(words) {
    this.warning.hidden = !words;
    this.warning.textContent = words;
  }

  say(words) {
    this.status.textContent = words;
  }

  click(event) {
    const row = rowOf(event.target);
    if (row !== null) this.open(row);
    // After a click the keys are the deck's again, and Enter does not press that button once more.
    const { activeElement: focused } = this.root.getRootNode();
    // What was clicked may have new words by now: the path still has the button.
    const isPressed = focused?.matches(".act") && event.composedPath().includes(focused);
    if (event.detail && isPressed) this.refocus();
  }

  open(row) {
    emit("open", { row });
    this.tell("opened", { of: this.queue.data.queue, row });
  }

  refocus() {
    this.root.focus({ preventScroll: true });
  }

  ring(row) {
    for (const image of this.shelf.root.querySelectorAll(".image")) {
      image.classList.toggle("ringed", Number(image.dataset.row) === row);
    }
  }

  fail(error) {
    this.warn(`The queue could not be drawn: ${error.message}. Reload the page.`);
    console.error(error);
  }

  remove() {
    this.pointing.remove();
    this.hand.remove();
    this.post.remove();
    cancelAnimationFrame(this.frame);
    this.shelf.empty();
  }
}

function isGone(element) {
  return !element.isConnected || element.closest("[hidden]") !== null;
}
