// The shape of a ribbon, and which one lies under the pointer.

// As far from a ribbon the pointer still means it, in pixels: hairlines could not be hit otherwise.
const REACH = 4;

/** Two cubic curves, level at both ends, one height apart everywhere. */
export function drawBand({ x0, y0, x1, y1, height }) {
  const middle = round((x0 + x1) / 2);
  const [top, bottom] = [[y0, y1], [y0 + height, y1 + height]].map((ends) => ends.map(round));
  return (
    `M${round(x0)} ${top[0]}C${middle} ${top[0]} ${middle} ${top[1]} ${round(x1)} ${top[1]}` +
    `V${bottom[1]}C${middle} ${bottom[1]} ${middle} ${bottom[0]} ${round(x0)} ${bottom[0]}Z`
  );
}

/** The flow under a place: the thinnest that covers it, else the nearest within reach, or null. */
export function flowAt(flows, places, x, y) {
  let best = null;
  for (const flow of flows) {
    const band = places.get(flow);
    const away = distance(band, x, y);
    if (away > REACH) continue;
    const found = { flow, away, height: band.height };
    if (!best || closer(found, best)) best = found;
  }
  return best?.flow ?? null;
}

function closer(one, other) {
  return one.away === other.away ? one.height < other.height : one.away < other.away;
}

function distance({ x0, y0, x1, y1, height }, x, y) {
  if (x < x0 || x > x1) return Infinity;
  const top = y0 + (y1 - y0) * rise((x - x0) / (x1 - x0));
  return Math.max(0, top - y, y - top - height);
}

// How far the curve has come down when it has come so far across: both are cubic in t.
function rise(across) {
  let [low, high] = [0, 1];
  for (let step = 0; step < 20; step += 1) {
    const t = (low + high) / 2;
    if (t * (1.5 + t * (t - 1.5)) < across) low = t;
    else high = t;
  }
  return low * low * (3 - 2 * low);
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}
