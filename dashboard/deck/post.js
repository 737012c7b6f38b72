// Sends what was decided: one message after the other, and again where no answer comes.
//
// A message that comes while Python draws cuts the drawing short. Sent one by one, each gets its
// answer, with cards for a hand that goes on, and with what was refused.
import { describeLost } from "./words.js";

// Walking with a key held down need not tell Python of every card that is passed by.
const WALK_MS = 150;
const PATIENCE_MS = 5000;
const MOST_PATIENT = 4;
const SILENT_AFTER = 3;
// Whoever turns to something else may leave the page, or this part of it.
const LEAVING = ["pointerdown", "visibilitychange", "pagehide"];

export class Post {
  // `send` gets a message, `onSilence` words about that no answer comes, or nothing once one does.
  constructor(queue, { send, onSilence }) {
    Object.assign(this, { queue, send, onSilence, hasNews: false, tries: 0 });
    this.flush = () => (this.hasNews || this.queue.isMoved) && this.go();
    for (const event of LEAVING) window.addEventListener(event, this.flush, true);
  }

  now() {
    this.hasNews = true;
    if (!this.underway) this.go();
  }

  // The place alone can wait, as long as there is something to see.
  later() {
    if (this.queue.current === undefined && !this.queue.isAtEnd) this.now();
    else this.soon ??= setTimeout(() => this.now(), WALK_MS);
  }

  go() {
    clearTimeout(this.soon);
    clearTimeout(this.underway);
    this.soon = undefined;
    this.hasNews = false;
    this.underway = setTimeout(() => this.repeat(), this.patience);
    this.send(this.queue.write());
  }

  get patience() {
    return PATIENCE_MS * 2 ** Math.min(this.tries, MOST_PATIENT);
  }

  get left() {
    return this.queue.outbox.entries.length;
  }

  // After everything that Python says.
  follow() {
    if (this.queue.isHeard) this.rest();
    if (this.queue.isMoved && !this.soon) this.now();
  }

  rest() {
    clearTimeout(this.underway);
    this.underway = undefined;
    if (this.hasNews) this.go();
    // Heard and yet not acknowledged: it is sent again after a while.
    else if (this.left) this.underway = setTimeout(() => this.repeat(), this.patience);
    else this.forget();
  }

  forget() {
    if (this.tries >= SILENT_AFTER) this.onSilence("");
    this.tries = 0;
  }

  repeat() {
    this.underway = undefined;
    if (!this.left && !this.hasNews) return;
    this.tries += 1;
    if (this.left && this.tries >= SILENT_AFTER) this.onSilence(describeLost(this.left));
    this.go();
  }

  remove() {
    this.flush();
    clearTimeout(this.soon);
    clearTimeout(this.underway);
    for (const event of LEAVING) window.removeEventListener(event, this.flush, true);
  }
}
