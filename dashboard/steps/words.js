// Counts in words, as the steps say them.

export function number(count) {
  return count.toLocaleString("en");
}

export function images(count) {
  return `${number(count)} ${count === 1 ? "image" : "images"}`;
}

export function describeWay({ count, before, after }) {
  return `${images(count)} went from ${before.name} to ${after.name}`;
}
