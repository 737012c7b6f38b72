// An image as a button that opens it; its name may come after its picture.
import { drawPicture, namePicture } from "../gallery/picture.js";
import { make } from "../scatter/element.js";

// Its thumbnail is asked for at once: it must be in the page before the script ends.
export function drawImage(row, images) {
  const button = make("button", "image", { type: "button", "data-row": row });
  button.append(drawPicture(images.source(row), images.caption(row)));
  nameImage(button, images);
  return button;
}

export function nameImage(button, images) {
  const row = rowOf(button);
  button.title = images.title(row);
  button.setAttribute("aria-label", `Open ${images.name(row) || `image ${row}`}`);
  namePicture(button.querySelector(".picture"), images.caption(row));
}

// The row of the image that an element belongs to, or null.
export function rowOf(element) {
  const image = element.closest(".image");
  return image ? Number(image.dataset.row) : null;
}
