// What a strip shows, in words.
import { countImages } from "../browser/counts.js";

export function describeWay({ count, before, after }) {
  return `${countImages(count)} went from ${before.name} to ${after.name}`;
}
