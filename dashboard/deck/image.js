// Small images as buttons that open them, drawn whole in the frame in which they are shown.
import { drawPicture, namePicture } from "../gallery/picture.js";
import { make } from "../scatter/element.js";

// `color` is that of the frame around it, or nothing.
export function drawImage(row, images, color) {
  const button = make("button", "image", { type: "button", "data-row": row });
  button.append(drawPicture(images.source(row), images.caption(row)));
  readyImage(button.querySelector("img"));
  if (color) button.style.setProperty("--cluster", color);
  nameImage(button, images);
  return button;
}

/** Decoded as soon as it is there, long before it is seen; then drawn with what is around it. */
export function readyImage(image) {
  image.decoding = "sync";
  // What cannot be decoded is seen to be missing.
  image.addEventListener("load", () => image.decode().catch(() => {}));
}

// Names arrive after the first pictures are drawn.
export function nameImage(button, images) {
  const row = Number(button.dataset.row);
  button.title = images.title(row);
  button.setAttribute("aria-label", `Open ${images.name(row) || `image ${row}`}`);
  const picture = button.querySelector(".picture");
  if (picture) namePicture(picture, images.caption(row));
}

// The row of the image that an element belongs to, or null.
export function rowOf(element) {
  const image = element.closest?.(".image");
  return image ? Number(image.dataset.row) : null;
}
