// Where the hand is in the queue and what it has decided there, ahead of what Python knows.
import { changeOf, lookAhead, settle } from "./ahead.js";
import { Outbox } from "./outbox.js";

export class Queue {
  constructor() {
    this.outbox = new Outbox();
    this.place = 0;
    this.isMoved = false; // whether Python is still to be told of the place
    this.trail = { done: [], undone: [] };
  }

  // What Python says. Gives back the entry it refused, and how many came too late for it.
  take(data) {
    const before = this.data;
    const handled = this.outbox.take(data);
    this.data = data;
    this.cards = new Map(data.cards.map((card) => [card.place, card]));
    this.clusters = new Map(data.clusters.map((cluster) => [cluster.number, cluster]));
    if (before?.queue !== data.queue) return this.begin();
    const refused = data.refused ? findRefused(data, handled) : undefined;
    if (refused) this.go(refused.place);
    else if (!this.isMoved && this.isHeard) this.adopt(data.at);
    this.place = Math.min(this.place, data.count);
    return { refused, late: 0 };
  }

  begin() {
    this.place = this.data.at;
    this.isMoved = false;
    this.trail = { done: [], undone: [] };
    return { late: this.outbox.drop().length };
  }

  // Python knows no place beyond the last card.
  adopt(at) {
    if (this.at !== at) this.place = at;
  }

  // Whether Python knows all that was said, so that what it says of the place counts.
  get isHeard() {
    return this.outbox.isHeard(this.data.heard);
  }

  get at() {
    return Math.max(0, Math.min(this.place, this.count - 1));
  }

  get count() {
    return this.data.count;
  }

  get isAtEnd() {
    return this.place >= this.count;
  }

  get decided() {
    const ahead = settle(this.outbox.entries).done.reduce((sum, { change }) => sum + change, 0);
    return Math.min(this.count, Math.max(0, this.data.decided + ahead));
  }

  // The card of a place as it will be; undefined where Python has not sent it yet.
  card(place) {
    const card = this.cards.get(place);
    return card && lookAhead(card, settle(this.outbox.entries).done, this.clusters);
  }

  get current() {
    return this.card(this.place);
  }

  go(place) {
    const target = Math.min(Math.max(0, place), this.count);
    if (target === this.place) return false;
    this.place = target;
    this.isMoved = true;
    return true;
  }

  decide(kind, { to = null, text = "" } = {}) {
    const { place, current: card } = this;
    const act = { kind, row: card.row, to, text };
    this.outbox.add(act, { place, change: changeOf(card, act, this.clusters) });
    this.trail.done.push(place);
    this.trail.undone = [];
  }

  get canUndo() {
    return Boolean(this.data.undo) || settle(this.outbox.entries).done.length > 0;
  }

  get canRedo() {
    const { done, undone } = settle(this.outbox.entries);
    return undone.length > 0 || (Boolean(this.data.redo) && done.length === 0);
  }

  // "undo" or "redo"; where that was decided is guessed: Python may know better, and says so.
  takeBack(kind) {
    const { done, undone } = this.trail;
    const [from, to] = kind === "undo" ? [done, undone] : [undone, done];
    this.outbox.add({ kind, row: null, to: null, text: "" }, { place: this.place });
    if (!from.length) return;
    const place = from.pop();
    to.push(place);
    this.go(place);
  }

  write() {
    this.isMoved = false;
    return { of: this.data.queue, ...this.outbox.write(this.at) };
  }
}

function findRefused({ refused_row: row, acknowledged }, handled) {
  const isMeant = ({ act }) => (row === null ? act.serial === acknowledged : act.row === row);
  return handled.findLast(isMeant) ?? handled.at(-1);
}
