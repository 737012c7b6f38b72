// From the binary contents to the rows of each group.

import { has } from "../browser/bits.js";
import { fetchArray } from "../browser/content.js";

export const NOT_DRAWN = 0xffff;
export const GREY = "#888888";

/** `drawn` are the bits of the rows that have points, null where all have. */
export async function fetchPoints({ n, dimensions, coordinates, ids, clusters, drawn, sample }) {
  const [flat, idBytes, cluster, bits] = await Promise.all([
    fetchArray(coordinates, Float32Array),
    fetchArray(ids, Uint8Array),
    fetchArray(clusters, Uint16Array),
    drawn ? fetchArray(drawn, Uint8Array) : null,
  ]);
  const axis = (number) => flat.subarray(number * n, (number + 1) * n);
  const z = dimensions === 3 ? axis(2) : null;
  const places = { n, x: axis(0), y: axis(1), z, coordinates };
  return { ...places, ids: idBytes, clusters: cluster, drawn: bits, sample };
}

/** Groups of rows and how they look; a range of values is one group, what has no value another. */
export async function fetchColoring({ title, address, groups, range }) {
  if (groups) {
    const rows = await fetchArray(address, Uint16Array);
    return { title, address, groups: rows, looks: groups, values: null };
  }
  const values = await fetchArray(address, Float32Array);
  const rows = Uint16Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
  const looks = [
    { name: title, color: null, symbol: "circle" },
    { name: "no value", color: GREY, symbol: "circle" },
  ];
  return { title, address, groups: rows, looks, values, range };
}

/** The groups of the rows that have points; the others get none. */
export function onlyDrawn(groups, drawn) {
  return drawn ? groups.map((group, row) => (has(drawn, row) ? group : NOT_DRAWN)) : groups;
}

/** Every so many-th row that has a group, so that no more than `limit` are drawn. */
export function thinOut(groups, limit) {
  const rows = [];
  groups.forEach((group, row) => group === NOT_DRAWN || rows.push(row));
  const step = rows.length / limit;
  if (step <= 1) return groups;
  const thin = new Uint16Array(groups.length).fill(NOT_DRAWN);
  for (let number = 0; number < limit; number++) {
    const row = rows[Math.floor(number * step)];
    thin[row] = groups[row];
  }
  return thin;
}

/** How many rows each group has. */
export function sizesOf(groups, count) {
  const sizes = new Uint32Array(count);
  for (const group of groups) if (group < count) sizes[group]++;
  return sizes;
}

export function rowsByGroup(groups, count) {
  const rows = Array.from(sizesOf(groups, count), (size) => new Uint32Array(size));
  const filled = new Uint32Array(count);
  groups.forEach((group, row) => {
    if (group < count) rows[group][filled[group]++] = row;
  });
  return rows;
}

/** Pixels: large for few images, so that they are easy to hit, small for many. */
export function markerSize(count) {
  const decades = Math.log10(Math.max(count, 1));
  if (decades <= 3) return 14 - (7 * Math.max(decades - 1, 0)) / 2;
  return Math.max(7 - 2 * (decades - 3), 3);
}
