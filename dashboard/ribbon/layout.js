// Where everything lies, in pixels of the drawing. Heights are in proportion to images, exactly.

const EDGE = 4;
// A line of text: a cluster of few images has this much room, though its box is lower.
const LEAST_ROOM = 17;
const GAP = { least: 3, most: 14, share: 0.22 };
// What all images of a clustering take at least: below it ribbons are no longer told apart.
const LEAST_IMAGES = 220;
const NODE = { least: 126, most: 176, share: 0.5 };
const SPACE = { least: 58, most: 420 };

/**
 * Places: of each node `x, y, height` (its box) and `top, room` (with its text); of each flow the
 * band `x0, y0, x1, y1, height`; of each column its `x`. `scale` is the height of one image,
 * `given` the width for which it was made.
 */
export function layOut(columns, { width, height }) {
  const across = layAcross(columns.length, width);
  const down = layDown(columns, height);
  const places = new Map();
  for (const column of columns) {
    const x = across.left + column.at * (across.nodeWidth + across.space);
    places.set(column, { x });
    placeNodes(column, { ...down, x, places });
  }
  for (const column of columns) column.nodes.forEach((node) => placeFlows(node, places, across));
  for (const column of columns) column.nodes.forEach((node) => endFlows(node, places, down.scale));
  return { ...across, given: width, height: down.height, scale: down.scale, places };
}

function layAcross(count, width) {
  const nodeWidth = clamp((NODE.share * width) / Math.max(1, count), NODE.least, NODE.most);
  const free = width - 2 * EDGE - count * nodeWidth;
  const space = count > 1 ? clamp(free / (count - 1), SPACE.least, SPACE.most) : 0;
  const used = count * nodeWidth + (count - 1) * space + 2 * EDGE;
  const left = EDGE + Math.max(0, (width - used) / 2);
  return { nodeWidth, space, left, width: Math.max(width, used) };
}

function layDown(columns, wanted) {
  const most = Math.max(1, ...columns.map(({ nodes }) => nodes.length));
  const gap = clamp((GAP.share * wanted) / most, GAP.least, GAP.most);
  const needed = (scale) =>
    Math.max(0, ...columns.map((column) => heightOf(column, scale, gap))) + 2 * EDGE;
  const images = Math.max(1, ...columns.map(({ nodes }) => total(nodes)));
  const scale = Math.max(LEAST_IMAGES / images, largestScale(needed, wanted, wanted / images));
  return { gap, scale, height: Math.max(wanted, needed(scale)) };
}

// What is needed grows with the scale: halving finds the largest that fits.
function largestScale(needed, height, highest) {
  let [low, high] = [0, highest];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (needed(middle) <= height) low = middle;
    else high = middle;
  }
  return low;
}

function heightOf({ nodes }, scale, gap) {
  const rooms = nodes.reduce((sum, { size }) => sum + roomOf(size, scale), 0);
  return rooms + gap * Math.max(0, nodes.length - 1);
}

function roomOf(size, scale) {
  return Math.max(LEAST_ROOM, size * scale);
}

function placeNodes(column, { scale, gap, height, x, places }) {
  let top = (height - heightOf(column, scale, gap)) / 2;
  for (const node of column.nodes) {
    const [room, own] = [roomOf(node.size, scale), node.size * scale];
    places.set(node, { x, top, room, y: top + (room - own) / 2, height: own });
    top += room + gap;
  }
}

function placeFlows(node, places, { nodeWidth, space }) {
  const { x, y, height } = places.get(node);
  let y0 = y;
  for (const flow of node.leaving) {
    const own = (height * flow.count) / node.size;
    places.set(flow, { x0: x + nodeWidth, y0, x1: x + nodeWidth + space, height: own });
    y0 += own;
  }
}

function endFlows(node, places, scale) {
  let y1 = places.get(node).y;
  for (const flow of node.coming) {
    places.get(flow).y1 = y1;
    y1 += flow.count * scale;
  }
}

function total(nodes) {
  return nodes.reduce((sum, { size }) => sum + size, 0);
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
