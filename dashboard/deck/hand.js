// What a hand does on the deck, by keys or buttons.
import { Digits } from "./digits.js";
import { listenToKeys } from "./keys.js";
import { drawHelp, drawTagging, drawTargets } from "./popups.js";
import { describeAct, describePlace, NEW_CLUSTER } from "./words.js";

// After these the next card follows.
const LEAVES = new Set(["keep", "move", "new", "exclude"]);
const WALKS = new Set(["next", "previous", "first", "last"]);

export class Hand {
  constructor(deck) {
    Object.assign(this, { deck, queue: deck.queue, popup: deck.popup });
    this.digits = new Digits({
      onNumber: (number) => this.moveTo(number),
      onNone: (typed) => deck.warn(`There is no cluster ${typed}.`),
      onChange: (text) => deck.foot.type(text),
    });
    this.acts = this.meanings();
    this.remove = listenToKeys(deck.root, (meaning, how) => this.hear(meaning, how));
  }

  meanings() {
    const { queue } = this;
    return {
      keep: () => this.decide("keep"),
      move: () => this.moveToRival(),
      new: () => this.decide("new"),
      exclude: () => this.decide(queue.current?.status === "excluded" ? "include" : "exclude"),
      choose: () => this.openTargets(),
      tag: () => this.openTagging(),
      undo: () => this.takeBack("undo"),
      redo: () => this.takeBack("redo"),
      next: () => this.go(queue.place + 1),
      previous: () => this.go(queue.place - 1),
      first: () => this.go(0),
      last: () => this.go(queue.count - 1),
      help: () => this.popup.toggle("help", { title: "Keys", ...drawHelp() }),
    };
  }

  act(meaning) {
    if (this.queue.data) this.acts[meaning]();
  }

  // A key; whether it was meant for the deck. `presses`: Enter would press the button in focus.
  hear(meaning, { presses }) {
    if (!this.queue.data) return false;
    if (meaning === "close") return this.close();
    if (/^\d$/.test(meaning)) return this.type(meaning);
    const isTyped = this.digits.isPending;
    if (presses && !isTyped) return false;
    if (this.popup.isOpen && this.popup.kind !== "help" && !isTyped) return false;
    // Whoever goes on has typed all of the number.
    this.digits.commit();
    if (isTyped && meaning === "enter") return true;
    // Whoever walks on has seen where they are.
    if (WALKS.has(meaning)) this.deck.deafUntil = 0;
    if (!this.deck.isDeaf) this.act(meaning === "enter" ? "keep" : meaning);
    return true;
  }

  close() {
    if (this.digits.isPending) this.digits.clear();
    else if (this.popup.isOpen) this.popup.close();
    else return false;
    return true;
  }

  type(digit) {
    if (this.popup.kind === "tag" || !this.queue.current || this.deck.isDeaf) return false;
    this.deck.warn("");
    this.digits.press(digit, [...this.queue.clusters.keys()]);
    return true;
  }

  decide(kind, more = {}) {
    const { queue, deck } = this;
    const card = queue.current;
    if (!card) return;
    queue.decide(kind, more);
    if (LEAVES.has(kind)) queue.go(queue.place + 1);
    const names = { own: this.nameOf(card.cluster), to: this.nameOf(more.to), text: more.text };
    this.finish(`${describeAct(kind, names)}; ${describePlace(queue)}`);
    deck.post.now();
  }

  moveToRival() {
    const { current: card } = this.queue;
    if (card?.rival === null) this.deck.say("There is no other cluster to move it to");
    else if (card) this.moveTo(card.rival);
  }

  // Where it is already it is kept.
  moveTo(number) {
    if (this.queue.current?.cluster === number) this.decide("keep");
    else this.decide("move", { to: number });
  }

  takeBack(kind) {
    const { queue, deck } = this;
    const isKnown = queue.outbox.entries.length === 0 && queue.data[kind];
    if (!(kind === "undo" ? queue.canUndo : queue.canRedo)) {
      deck.say(`Nothing to ${kind}`);
      return;
    }
    queue.takeBack(kind);
    const words = kind === "undo" ? "Undone" : "Done again";
    this.finish(`${words}${isKnown ? `: ${isKnown}` : ""}; ${describePlace(queue)}`);
    deck.post.now();
  }

  go(place) {
    if (!this.queue.go(place)) return;
    this.finish(sentence(describePlace(this.queue)));
    this.deck.post.later();
  }

  finish(words) {
    this.popup.close();
    this.deck.warn("");
    this.deck.show();
    this.deck.say(words);
  }

  openTagging() {
    if (!this.queue.current) return;
    const { tags, longest } = this.queue.data;
    const onTag = (text) => this.tag(text);
    const field = drawTagging({ tags, longest, onTag, onClose: () => this.popup.close() });
    this.popup.toggle("tag", { title: "Tag this image", ...field });
  }

  tag(text) {
    if (this.queue.current?.tags.includes(text)) this.deck.say(`It has the tag “${text}” already`);
    else this.decide("tag", { text });
  }

  openTargets() {
    const { current: card, clusters } = this.queue;
    if (!card) return;
    const onMove = (number) => this.moveTo(number);
    const given = { clusters: [...clusters.values()], own: card.cluster, images: this.deck.images };
    this.popup.toggle("targets", { title: "Move to", ...drawTargets({ ...given, onMove }) });
  }

  nameOf(number) {
    return this.queue.clusters.get(number)?.name ?? (number === null ? NEW_CLUSTER : `cluster ${number}`);
  }
}

function sentence(words) {
  return words[0].toUpperCase() + words.slice(1);
}
