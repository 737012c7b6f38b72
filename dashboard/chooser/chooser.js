// The image that is looked at, and ways to another: the one before, the one after, the medoids.
import { mountInTurn } from "../browser/mount.js";
import { emit, listen } from "../browser/signals.js";
import { drawSymbol, iconButton } from "../gallery/icons.js";
import { loadImages } from "../gallery/images.js";
import { drawPicture, sharpen } from "../gallery/picture.js";
import { make } from "../scatter/element.js";
import { fetchPicture } from "../maps/pictures.js";
import { Strip } from "./strip.js";

export default mountInTurn((parent) => new Chooser(parent), (data) => data.images.ids);

class Chooser {
  constructor(parent) {
    this.frame = make("div", "frame");
    this.title = make("p", "title");
    this.cluster = make("span", "cluster");
    this.place = make("span", "place");
    this.previous = iconButton("left", "Previous image", () => this.open(this.data.previous));
    this.following = iconButton("right", "Next image", () => this.open(this.data.following));
    this.back = make("button", "back", { type: "button" }, "Back to the images of the set");
    this.back.addEventListener("click", () => this.tell("left", {}));
    this.notes = make("div", "notes");
    this.walk = make("div", "walk", {}, this.previous, this.following, this.place);
    const facts = make("div", "facts", {}, this.title, this.cluster, this.walk, this.back, this.notes);
    this.strip = new Strip((row) => this.open(row));
    this.root = make("div", "chooser", {}, this.frame, facts, this.strip.root);
    this.stop = listen("open", ({ row }) => this.strip.mark(row));
    parent.append(this.root);
  }

  async draw(data) {
    const others = this.data?.images.ids !== data.images.ids;
    if (others || !this.images.isFor(data.images)) this.images = await loadImages(data.images);
    this.data = data;
    this.write(data);
    this.strip.take(data.medoids, this.images);
    this.strip.mark(data.row);
    await this.picture(data);
  }

  write(data) {
    this.title.textContent = data.title;
    this.title.title = data.title;
    this.cluster.hidden = data.cluster === null;
    this.cluster.replaceChildren(drawSymbol(data.symbol, data.color), data.cluster ?? "");
    this.place.textContent = data.place;
    this.previous.disabled = data.previous === null;
    this.following.disabled = data.following === null;
    this.walk.hidden = data.row === null;
    this.back.hidden = data.row !== null;
    this.notes.replaceChildren(...data.notes.map((text) => make("p", "", {}, text)));
    this.root.style.setProperty("--cluster", data.cluster === null ? "transparent" : data.color);
  }

  // What the network sees; where the file cannot be read, the thumbnail that is kept of it.
  async picture(data) {
    if (this.pictured === `${data.square} ${data.row}`) return;
    this.pictured = `${data.square} ${data.row}`;
    this.frame.title = data.hint;
    if (data.square) {
      this.frame.replaceChildren(drawSquare(await fetchPicture(data.square), data));
    } else if (data.row !== null) {
      this.frame.replaceChildren(drawPicture(this.images.source(data.row), data.title));
    } else {
      this.frame.replaceChildren();
    }
  }

  open(row) {
    if (row === null) return;
    emit("open", { row });
    this.tell("opened", { row });
  }

  fail(error) {
    this.notes.textContent = `The image could not be shown: ${error.message}. Reload the page.`;
    console.error(error);
  }

  remove() {
    this.stop();
  }
}

function drawSquare(bitmap, { title, hint }) {
  const canvas = make("canvas", "square", { role: "img", "aria-label": `${title}. ${hint}` });
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  canvas.naturalWidth = bitmap.width;
  canvas.naturalHeight = bitmap.height;
  sharpen(canvas);
  return canvas;
}
