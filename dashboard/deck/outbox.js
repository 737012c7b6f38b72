// What was decided and not acknowledged yet. Of messages that follow each other closely Python may
// get the last one only: so each carries all of it, and serial numbers tell what is new.

export class Outbox {
  constructor() {
    this.client = randomName();
    this.entries = [];
    this.serial = 0;
    this.turn = 0;
  }

  // `place` is where it was decided, `change` by how much it changes the count of the decided.
  add(act, { place, change = 0 }) {
    this.serial += 1;
    this.entries.push({ act: { serial: this.serial, ...act }, place, change });
  }

  write(at) {
    this.turn += 1;
    return { client: this.client, turn: this.turn, at, acts: this.entries.map(({ act }) => act) };
  }

  // Lets go of what Python has handled, and gives it back.
  take({ client, acknowledged }) {
    if (client !== this.client) return [];
    const isHandled = ({ act }) => act.serial <= acknowledged;
    const handled = this.entries.filter(isHandled);
    this.entries = this.entries.filter((entry) => !isHandled(entry));
    return handled;
  }

  drop() {
    return this.entries.splice(0);
  }

  // Whether the last message has arrived.
  isHeard({ client, turn }) {
    return this.turn === 0 || (client === this.client && turn === this.turn);
  }
}

// Over plain HTTP from another machine a browser has no `crypto.randomUUID`.
function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
