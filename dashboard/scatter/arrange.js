// Finds a place for each of some squares, so that none covers another and each is near its point.

const GAP = 4;
const LARGEST = 104;
const SMALLEST = 44;
// In sides: rather smaller than far from the point; the smallest may go farther.
const NEAR = 1.7;
const FAR = 5;

/** How large squares can be, in pixels, so that this many find room between each other. */
function sideFor(count, { width, height }) {
  const side = Math.sqrt((width * height) / (2.6 * Math.max(count, 1)));
  return Math.round(Math.min(Math.max(side, SMALLEST), LARGEST));
}

/**
 * How large the squares are, and the offset of each one's middle from its point, or null where
 * there is no room even for the smallest.
 * `wished` are offsets to try first: what stays where it was is easier to follow.
 */
export function arrange(places, area, wished) {
  let side = sideFor(places.length, area);
  let offsets = fit(places, side, area, wished);
  while (offsets.includes(null) && side > SMALLEST) {
    side = Math.max(Math.round(side * 0.85), SMALLEST);
    offsets = fit(places, side, area, wished);
  }
  return { side, offsets };
}

function fit(places, side, area, wished) {
  const taken = [];
  const steps = [...spiral(side)];
  return places.map((place, number) => {
    const offset = firstFree({ place, side, area, taken, steps, wish: wished[number] });
    if (offset) taken.push([place[0] + offset[0], place[1] + offset[1]]);
    return offset;
  });
}

function firstFree({ place, side, area, taken, steps, wish }) {
  const start = inside(place, side, area);
  if (wish && isFree([place[0] + wish[0], place[1] + wish[1]], side, area, taken)) return wish;
  for (const [dx, dy] of steps) {
    const middle = [start[0] + dx, start[1] + dy];
    if (isFree(middle, side, area, taken)) return [middle[0] - place[0], middle[1] - place[1]];
  }
  return null;
}

function inside([x, y], side, { width, height }) {
  const keep = (value, most) => Math.min(Math.max(value, side / 2 + 2), most - side / 2 - 2);
  return [keep(x, width), keep(y, height)];
}

function isFree([x, y], side, { width, height }, taken) {
  const half = side / 2;
  if (x < half || y < half || x > width - half || y > height - half) return false;
  const apart = side + GAP;
  return !taken.some(([a, b]) => Math.abs(a - x) < apart && Math.abs(b - y) < apart);
}

function* spiral(side) {
  yield [0, 0];
  const step = side / 4;
  const farthest = side * (side > SMALLEST ? NEAR : FAR);
  for (let radius = step; radius <= farthest; radius += step) {
    const count = Math.ceil((2 * Math.PI * radius) / step / 1.5);
    for (let number = 0; number < count; number++) {
      const angle = (2 * Math.PI * number) / count;
      yield [radius * Math.cos(angle), radius * Math.sin(angle)];
    }
  }
}
