// An image as a button that opens it; its name may come after its picture.
import { make } from "../scatter/element.js";
import { drawPicture, namePicture } from "./picture.js";

// Its thumbnail is asked for at once: it must be in the page before the script ends.
export function drawOpener(row, images) {
  const button = make("button", "image", { type: "button", "data-row": row });
  button.append(drawPicture(images.source(row), images.caption(row)));
  nameOpener(button, images);
  return button;
}

export function nameOpener(button, images) {
  const row = rowOf(button);
  button.title = images.title(row);
  button.setAttribute("aria-label", `Open ${images.name(row) || `image ${row}`}`);
  namePicture(button.querySelector(".picture"), images.caption(row));
}

/** All that are within `root`. */
export function nameOpeners(root, images) {
  for (const button of root.querySelectorAll(".image")) nameOpener(button, images);
}

/** The row of the image that an element belongs to, or null. */
export function rowOf(element) {
  const image = element.closest?.(".image");
  return image ? Number(image.dataset.row) : null;
}
