// Small images as buttons that open them, drawn whole in the frame in which they are shown.
import { drawOpener } from "../gallery/opener.js";

// `color` is that of the frame around it, or nothing.
export function drawImage(row, images, color) {
  const button = drawOpener(row, images);
  readyImage(button.querySelector("img"));
  if (color) button.style.setProperty("--cluster", color);
  return button;
}

/** Decoded as soon as it is there, long before it is seen; then drawn with what is around it. */
export function readyImage(image) {
  image.decoding = "sync";
  // What cannot be decoded is seen to be missing.
  image.addEventListener("load", () => image.decode().catch(() => {}));
}
