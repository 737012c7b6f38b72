// Where each layer of the network is drawn.

const GAP = 7;
const BLOCK_GAP = 20;
const HIGHEST = 170;
const LOWEST = 10;
const TOP = 26;
const NAMES = 98;

/** Blocks from the left, all in the middle of one line; `groups` says how large the maps are. */
export function place(blocks, size) {
  const base = TOP + HIGHEST;
  let x = 8;
  const parts = blocks.map((block, at) => {
    if (at && startsGroup(block, blocks[at - 1])) x += BLOCK_GAP - GAP;
    const width = breadth(block);
    const height = tallness(block, size);
    const part = { block, x, width, height, y: TOP + (HIGHEST - height) / 2, base };
    x += width + GAP;
    return part;
  });
  return { width: x + 8, height: base + NAMES, parts, groups: group(parts, base) };
}

function startsGroup(block, before) {
  return before.kind === "pooling" || (block.kind === "connected") !== (before.kind === "connected");
}

// 64 to 512 channels become 10 to 28 pixels; a pooling and a connected layer are thin.
function breadth({ kind, channels }) {
  if (kind !== "convolution") return 10;
  return 10 + 6 * Math.log2(Math.max(1, channels / 64));
}

function tallness({ kind, side, channels }, size) {
  if (kind === "connected") return channels > 2000 ? HIGHEST * 0.8 : HIGHEST * 0.55;
  return LOWEST + (HIGHEST - LOWEST) * Math.sqrt(side / size);
}

// Under each block how many maps there are of it, and how large; a pooling is the next one's size.
function group(parts, base) {
  const spans = new Map();
  for (const { block, x, width } of parts) {
    if (block.kind === "pooling") continue;
    const key = block.kind === "connected" ? "connected" : `${block.channels} ${block.side}`;
    const span = spans.get(key) ?? { lines: describe(block), x };
    spans.set(key, { ...span, end: x + width });
  }
  return [...spans.values()].map(({ lines, x, end }) => ({ lines, x, width: end - x, y: base + 76 }));
}

function describe({ kind, channels, side }) {
  if (kind === "connected") return ["connected", "to all"];
  return [`${channels} maps`, `${side} × ${side}`];
}
