// Small thumbnails by the pack: those wanted at the same moment come in one response.
import { Kept } from "./kept.js";

// The server refuses more.
const MOST_IN_A_PACK = 64;
// Scrolling fast asks for more than is ever seen: what waits and has left the page is not fetched.
const MOST_AT_ONCE = 3;
// At some 5 kB each; more than the largest screen shows at the smallest size.
const MOST_KEPT = 2048;

export class Packs {
  constructor(template) {
    this.template = template;
    this.kept = new Kept(MOST_KEPT);
    this.waiting = [];
    this.underway = new Set();
    this.called = false;
  }

  // Gives the image its thumbnail, now or soon; `alone` is where it lies by itself.
  show(image, id, alone) {
    const address = this.kept.get(id);
    if (address) image.src = address;
    else this.wait({ image, id, alone });
  }

  // All cards of a line or of a whole view are drawn before a microtask runs.
  wait(wish) {
    this.waiting.push(wish);
    if (this.called) return;
    this.called = true;
    queueMicrotask(() => this.fetchAll());
  }

  fetchAll() {
    this.called = false;
    this.waiting = this.waiting.filter(({ image }) => image.isConnected);
    while (this.waiting.length && this.underway.size < MOST_AT_ONCE) {
      this.follow(this.fetch(this.waiting.splice(0, MOST_IN_A_PACK)));
    }
  }

  async follow(work) {
    this.underway.add(work);
    await work;
    this.underway.delete(work);
    this.fetchAll();
  }

  // Once all that was asked for has its address.
  async settle() {
    await null; // `fetchAll` comes first
    while (this.underway.size) await Promise.race(this.underway);
  }

  async fetch(wishes) {
    try {
      const pictures = await fetchPack(this.template, wishes);
      wishes.forEach((wish, at) => this.take(wish, pictures[at]));
    } catch {
      for (const { image, alone } of wishes) image.src = alone;
    }
  }

  take({ image, id, alone }, picture) {
    const address = () => (picture.size ? URL.createObjectURL(picture) : alone);
    image.src = this.kept.get(id) ?? this.kept.add(id, address());
  }
}

async function fetchPack(template, wishes) {
  const ids = wishes.map(({ id }) => id).join(",");
  const response = await fetch(template.replace("{ids}", ids));
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return unpack(await response.arrayBuffer(), wishes.length);
}

// The lengths, little-endian u32, and the pictures one after the other.
function unpack(buffer, count) {
  const lengths = new DataView(buffer, 0, 4 * count);
  let end = 4 * count;
  return Array.from({ length: count }, (_, at) => {
    const start = end;
    end += lengths.getUint32(4 * at, true);
    return new Blob([new Uint8Array(buffer, start, end - start)], { type: "image/jpeg" });
  });
}
