// Fetches published contents, each once: their addresses are hashes, so they never change.

const fetched = new Map();

export function fetchJson(address) {
  return remember(address, (response) => response.json());
}

export async function fetchArray(address, Type) {
  return new Type(await remember(address, (response) => response.arrayBuffer()));
}

/** The address of a row's thumbnail; `ids` holds 32 bytes a row, and {id} stands for their hex. */
export function thumbnail(template, ids, row) {
  return template.replace("{id}", hexId(ids, row));
}

export function hexId(ids, row) {
  const bytes = ids.subarray(row * 32, row * 32 + 32);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function remember(address, read) {
  if (!fetched.has(address)) {
    const answer = load(address, read);
    // What failed once may be there at the next attempt.
    answer.catch(() => fetched.delete(address));
    fetched.set(address, answer);
  }
  return fetched.get(address);
}

async function load(address, read) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${address}`);
  return read(response);
}
