// Text in a PNG: chunks after the header, as in PNG (Third Edition), W3C 2025, section 11.3.3.

const SIGNATURE_AND_HEADER = 8 + 25;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** The PNG with a text under each keyword. */
export async function addText(png, texts) {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const chunks = Object.entries(texts).map(([keyword, text]) => chunkOf(keyword, text));
  const head = bytes.subarray(0, SIGNATURE_AND_HEADER);
  const rest = bytes.subarray(SIGNATURE_AND_HEADER);
  return new Blob([head, ...chunks, rest], { type: "image/png" });
}

/** tEXt, which every program reads; iTXt for what is not in Latin-1. */
function chunkOf(keyword, text) {
  const letters = Array.from(text, (letter) => letter.codePointAt(0));
  if (letters.every((code) => code && code < 0x100)) {
    return chunk("tEXt", [...latin(keyword), 0, ...letters]);
  }
  const utf8 = new TextEncoder().encode(text.replaceAll("\0", "\ufffd"));
  return chunk("iTXt", [...latin(keyword), 0, 0, 0, 0, 0, ...utf8]);
}

function chunk(type, data) {
  const made = new Uint8Array(12 + data.length);
  const view = new DataView(made.buffer);
  view.setUint32(0, data.length);
  made.set(latin(type), 4);
  made.set(data, 8);
  view.setUint32(8 + data.length, crc(made.subarray(4, 8 + data.length)));
  return made;
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function latin(text) {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
