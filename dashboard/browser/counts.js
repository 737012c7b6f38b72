// Numbers and counts, as all components write them.

// Made once: for the thousands that a ribbon has it is what takes longest.
const FORMAT = new Intl.NumberFormat("en");

export function number(value) {
  return FORMAT.format(value);
}

export function countImages(count) {
  return `${number(count)} ${count === 1 ? "image" : "images"}`;
}
