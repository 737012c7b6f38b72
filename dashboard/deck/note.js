// What stands in place of a card: the queue is empty, at its end, or further than Python has sent.
import { number } from "../browser/counts.js";
import { make } from "../scatter/element.js";
import { describeEnd } from "./words.js";

export class Note {
  // `act` gets what is meant.
  constructor(act) {
    this.words = make("p", "note-words");
    this.back = wayBack("Back to the last card", () => act("previous"));
    this.first = wayBack("To the first card", () => act("first"));
    this.ways = make("div", "note-ways", {}, this.back, this.first);
    this.root = make("div", "note", {}, this.words, this.ways);
  }

  show(queue) {
    const { count, isAtEnd, current } = queue;
    this.root.hidden = current !== undefined;
    this.root.classList.toggle("waiting", !isAtEnd);
    this.ways.hidden = !isAtEnd || count === 0;
    this.first.hidden = count < 2;
    this.words.textContent = describe(queue);
  }
}

function describe({ count, decided, place, isAtEnd }) {
  if (count === 0) return "The queue is empty: there is no image to decide.";
  return isAtEnd ? describeEnd({ decided, count }) : `Fetching card ${number(place + 1)}…`;
}

function wayBack(words, act) {
  const button = make("button", "way", { type: "button" }, words);
  button.addEventListener("click", act);
  return button;
}
