// A thumbnail that never looks broken: one that does not load gives way to its name.
const TINY = 64;

// `source` is an address, or what gives the image one.
export function drawPicture(source, name, { lazy = false } = {}) {
  const picture = document.createElement("span");
  picture.className = "picture";
  const image = document.createElement("img");
  image.alt = "";
  image.decoding = "async";
  if (lazy) image.loading = "lazy";
  image.draggable = false;
  image.addEventListener("load", () => sharpen(image));
  image.addEventListener("error", () => showMissing(picture));
  picture.append(image);
  if (typeof source === "string") image.src = source;
  else source(image);
  namePicture(picture, name);
  return picture;
}

// The name may come after the picture: it is only seen where the image is missing.
export function namePicture(picture, name) {
  picture.dataset.name = name;
  const missing = picture.querySelector(".missing");
  if (missing) missing.textContent = name;
}

// The pixels of a tiny image are what there is to see: they are not blurred.
export function sharpen(image) {
  const tiny = Math.max(image.naturalWidth, image.naturalHeight) < TINY;
  image.classList.toggle("tiny", tiny);
}

function showMissing(picture) {
  const missing = document.createElement("span");
  missing.className = "missing";
  missing.textContent = picture.dataset.name;
  picture.replaceChildren(missing);
}
