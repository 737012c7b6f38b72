// What the deck says of decisions and places.

import { number } from "../browser/counts.js";

const DONE = {
  keep: ({ own }) => `Kept in ${own}`,
  move: ({ to }) => `Moved to ${to}`,
  new: () => "Moved to a new cluster",
  exclude: () => "Excluded",
  include: () => "Included again",
  tag: ({ text }) => `Tagged “${text}”`,
  untag: ({ text }) => `No longer tagged “${text}”`,
};
const STATUS = { kept: "kept", moved: "moved", excluded: "excluded" };
export const NEW_CLUSTER = "a new cluster";

/** `names` has `own` and `to`, the clusters' names, and the `text` of a tag. */
export function describeAct(kind, names) {
  return DONE[kind](names);
}

export function describePlace({ place, count }) {
  return place < count ? `card ${number(place + 1)} of ${number(count)}` : "end of the queue";
}

export function describeProgress({ decided, count, place }) {
  if (count === 0) return "Nothing to decide";
  const part = `${number(decided)} of ${number(count)} decided`;
  return place < count ? `${part} · place ${number(place + 1)}` : `${part} · end of the queue`;
}

export function describeEnd({ decided, count }) {
  if (decided >= count) return count === 1 ? "The only card is decided." : `All ${number(count)} are decided.`;
  const left = count - decided;
  return `End of the queue. ${number(left)} ${left === 1 ? "is" : "are"} not decided yet.`;
}

export function describeStatus(status) {
  return STATUS[status] ?? "";
}

export function describeLate(late) {
  const what = late === 1 ? "A decision" : `${number(late)} decisions`;
  return `${what} came too late: the queue had changed. Decide again what is still open.`;
}

export function describeLost(left) {
  const what = left === 1 ? "1 decision is" : `${number(left)} decisions are`;
  return `${what} not kept yet: the server does not answer. The deck goes on trying.`;
}
