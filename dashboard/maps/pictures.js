// Pictures over HTTP, decoded once; the latest stay, and the browser itself keeps the bytes of all.

const KEPT = 24;
const pictures = new Map();

/** The ImageBitmap of a published PNG. */
export function fetchPicture(address) {
  const picture = pictures.get(address) ?? load(address);
  pictures.delete(address);
  pictures.set(address, picture); // as the latest
  for (const old of [...pictures.keys()].slice(0, -KEPT)) pictures.delete(old);
  return picture;
}

async function load(address) {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server answered ${response.status} for ${address}`);
    const bytes = await response.arrayBuffer();
    return await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  } catch (error) {
    pictures.delete(address); // it may be there at the next attempt
    throw error;
  }
}
