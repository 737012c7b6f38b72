// Where the cards of a grid lie: pure arithmetic, so that only those in view need to exist.
const GAP = 6;
// Browsers stop drawing somewhere beyond 17 million pixels; the scrolled height stays below.
const TALLEST = 15_000_000;

export function layOut({ count, width, view, size, caption }) {
  const columns = Math.max(1, Math.floor((width + GAP) / (size + GAP)));
  const cell = Math.floor((width - GAP * (columns - 1)) / columns);
  const pitch = cell + caption + GAP;
  const lines = Math.ceil(count / columns);
  const height = Math.max(0, lines * pitch - GAP);
  return { count, view, columns, cell, pitch, lines, height, spacer: Math.min(height, TALLEST) };
}

// The place in the whole grid that a scroll position stands for, and back.
export function topOf(layout, scrolled) {
  return scrolled * stretch(layout);
}

export function scrollFor(layout, top) {
  return Math.max(0, top) / stretch(layout);
}

function stretch({ height, spacer, view }) {
  return spacer < height ? (height - view) / (spacer - view) : 1;
}

// First and one past the last position within the view and `margin` lines around it.
export function inView({ count, columns, pitch, view }, top, margin) {
  const first = Math.max(0, Math.floor(top / pitch) - margin);
  const last = Math.ceil((top + view) / pitch) + margin;
  return [first * columns, Math.min(count, last * columns)];
}

export function placeOf({ columns, cell, pitch }, position) {
  const line = Math.floor(position / columns);
  return { x: (position % columns) * (cell + GAP), y: line * pitch };
}

// The top that brings a card into view with the least scrolling.
export function topToSee(layout, position, top) {
  const { y } = placeOf(layout, position);
  const lowest = y + layout.pitch - GAP - layout.view;
  return Math.min(Math.max(top, lowest), y);
}

// Where a key leads from a position; null for keys that lead nowhere.
export function follow(key, position, { count, columns, pitch, view }) {
  const page = Math.max(1, Math.floor(view / pitch)) * columns;
  const steps = {
    ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns,
    PageUp: -page, PageDown: page, Home: -position, End: count - 1 - position,
  };
  if (!(key in steps) || count === 0) return null;
  return Math.min(count - 1, Math.max(0, position + steps[key]));
}
