// What the ribbon says of its parts, in words.

import { countImages, number } from "../browser/counts.js";

const MOST_NAMED = 3;

export function describe(item) {
  return item.kind === "node" ? describeNode(item) : describeFlow(item);
}

/** A cluster without its ribbons, as one hears it while going from one to the next. */
export function nameNode(node) {
  return `${placed(node)}: ${count(node.size)}`;
}

export function count(images) {
  return images === 0 ? "no images" : countImages(images);
}

function describeNode(node) {
  const coming = node.coming.map((flow) => [flow.source, flow.count]);
  const leaving = node.leaving.map((flow) => [flow.target, flow.count]);
  return [nameNode(node), ends("from", coming), ends("to", leaving)].filter(Boolean).join(" · ");
}

function describeFlow({ source, target, count: images }) {
  const [left, right] = [source, target].map(({ size }) => percent(images, size));
  const shares = `${left} of the left, ${right} of the right`;
  return `${count(images)}: ${placed(source)} → ${placed(target)} · ${shares}`;
}

function placed({ name, column }) {
  return `${name} (${column.title})`;
}

function ends(word, others) {
  if (!others.length) return "";
  const largest = [...others].sort(([, one], [, other]) => other - one).slice(0, MOST_NAMED);
  const named = largest.map(([node, images]) => `${node.name} (${number(images)})`);
  const rest = others.length - named.length;
  if (rest) named.push(`${rest} more`);
  return `${word} ${others[0][0].column.title}: ${named.join(", ")}`;
}

function percent(part, whole) {
  const value = (100 * part) / whole;
  if (value < 1) return "< 1 %";
  // All of them is said of all of them only.
  return `${part < whole ? Math.min(99, Math.round(value)) : 100} %`;
}
