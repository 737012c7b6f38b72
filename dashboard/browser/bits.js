// Sets of rows as bits: row i is bit i of byte i >> 3, least significant first.

// So many arguments a call may have in every browser.
const CHUNK = 8192;
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => ones(byte));

export function emptyBits(count) {
  return new Uint8Array(Math.ceil(count / 8));
}

export function has(bits, row) {
  return (bits[row >> 3] >> (row & 7)) & 1;
}

export function add(bits, row) {
  bits[row >> 3] |= 1 << (row & 7);
}

export function bitsOf(rows, count) {
  const bits = emptyBits(count);
  for (const row of rows) add(bits, row);
  return bits;
}

/** How: "replace", "add", "remove" or "toggle". Gives a new set. */
export function combine(before, drawn, how) {
  const rules = {
    replace: (_, now) => now,
    add: (was, now) => was | now,
    remove: (was, now) => was & ~now,
    toggle: (was, now) => was ^ now,
  };
  return before.map((byte, place) => rules[how](byte, drawn[place]));
}

export function countBits(bits) {
  let total = 0;
  for (const byte of bits) total += ONES[byte];
  return total;
}

/** As Python reads them: `dashboard.browser.answers.read_rows`. */
export function toBase64(bits) {
  const parts = [];
  for (let start = 0; start < bits.length; start += CHUNK) {
    parts.push(String.fromCharCode(...bits.subarray(start, start + CHUNK)));
  }
  return btoa(parts.join(""));
}

/** The rows of a set, ascending. */
export function rowsOf(bits) {
  const rows = [];
  for (let place = 0; place < bits.length; place++) {
    if (!bits[place]) continue;
    for (let bit = 0; bit < 8; bit++) if ((bits[place] >> bit) & 1) rows.push(8 * place + bit);
  }
  return rows;
}

function ones(byte) {
  return byte ? (byte & 1) + ones(byte >> 1) : 0;
}
