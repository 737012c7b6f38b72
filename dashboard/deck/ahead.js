// What the cards will be once Python has handled what was decided: shown at once, and pure.

const EFFECTS = {
  keep: (card) => ({ ...card, status: "kept" }),
  move: (card, { to }, clusters) => ({ ...card, ...moved(card, to, clusters), status: "moved" }),
  new: (card) => ({ ...card, status: "moved", cluster: null, medoid: null }),
  exclude: (card) => ({ ...card, status: "excluded" }),
  include: (card) => ({ ...card, status: "" }),
  tag: (card, { text }) => ({ ...card, tags: [...new Set([...card.tags, text])] }),
  untag: (card, { text }) => ({ ...card, tags: card.tags.filter((tag) => tag !== text) }),
};

/** The entries of an outbox that hold, and those that were undone since. */
export function settle(entries) {
  const [done, undone] = [[], []];
  for (const entry of entries) {
    if (entry.act.kind === "undo") pass(done, undone);
    else if (entry.act.kind === "redo") pass(undone, done);
    else {
      done.push(entry);
      undone.length = 0;
    }
  }
  return { done, undone };
}

/** A card with what is decided about it in these entries. */
export function lookAhead(card, entries, clusters) {
  return entries.reduce((now, { act }) => affect(now, act, clusters), card);
}

export function affect(card, act, clusters) {
  return act.row === card.row ? EFFECTS[act.kind](card, act, clusters) : card;
}

/** By how much an act about a card changes the count of the decided ones: -1, 0 or 1. */
export function changeOf(card, act, clusters) {
  const isDecided = ({ status }) => (status ? 1 : 0);
  return isDecided(affect(card, act, clusters)) - isDecided(card);
}

// From where it goes to where it could have been, the way back is what it could be now.
function moved({ cluster, medoid, rival, rival_medoid }, to, clusters) {
  const own = { cluster: to, medoid: clusters.get(to)?.medoid ?? null };
  if (to !== rival || cluster === null) return { rival, rival_medoid, ...own };
  return { ...own, rival: cluster, rival_medoid: medoid };
}

function pass(from, to) {
  if (from.length) to.push(from.pop());
}
