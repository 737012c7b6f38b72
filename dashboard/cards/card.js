// One cluster's card: its mark and name, its size, its images and what is known of it.
import { drawSymbol } from "../gallery/icons.js";
import { drawPicture, namePicture } from "../gallery/picture.js";
import { drawName } from "./name.js";

// `acts` knows rename(cluster, name), select(cluster) and open(row); `all` finds a rival.
export function drawCard(card, { images, all, longest, acts }) {
  const root = element("article", "card");
  root.dataset.cluster = card.cluster;
  root.style.setProperty("--cluster", card.color);
  root.setAttribute("aria-label", card.name);
  const body = element("div", "card-body");
  body.append(drawHead(card, longest, acts), drawShare(card), drawImages(card, images, acts));
  body.append(drawFacts(card, all));
  root.append(drawMedoid(card, images, acts), body);
  return root;
}

// Names arrive after the first pictures are drawn.
export function namePictures(root, images) {
  for (const button of root.querySelectorAll(".image")) {
    const row = Number(button.dataset.row);
    button.title = images.title(row);
    button.setAttribute("aria-label", `Open ${images.name(row) || `image ${row}`}`);
    namePicture(button.querySelector(".picture"), images.caption(row));
  }
}

function drawHead(card, longest, acts) {
  const head = element("div", "card-head");
  const name = drawName({
    name: card.name,
    longest,
    onRename: (text) => acts.rename(card.cluster, text),
  });
  head.append(drawSymbol(card.symbol, card.color), name, drawSelect(card, acts));
  return head;
}

// Its area is the whole card; what lies above it acts for itself.
function drawSelect({ cluster, name, size, share }, acts) {
  const button = element("button", "select");
  button.type = "button";
  const count = size.toLocaleString("en");
  button.textContent = `${count} · ${percent(share)}`;
  button.title = "Select these images";
  button.setAttribute("aria-label", `Select the ${count} images of ${name}, ${percent(share)}`);
  button.addEventListener("click", () => acts.select(cluster));
  return button;
}

function drawShare({ share }) {
  const bar = element("div", "share");
  const part = element("div", "share-part");
  part.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  bar.append(part);
  return bar;
}

function drawMedoid({ medoid }, images, acts) {
  const box = element("div", "medoid");
  if (medoid !== null) box.append(drawImage(medoid, images, acts));
  return box;
}

function drawImages({ typical, unusual }, images, acts) {
  const line = element("div", "images");
  line.append(drawGroup("most typical", typical, images, acts));
  line.append(drawGroup("least typical", unusual, images, acts));
  return line;
}

function drawGroup(title, rows, images, acts) {
  const group = element("div", "group");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", title);
  group.hidden = rows.length === 0;
  const words = element("span", "group-title");
  words.textContent = title;
  const strip = element("div", "strip");
  strip.append(...rows.map((row) => drawImage(row, images, acts)));
  group.append(words, strip);
  return group;
}

function drawImage(row, images, acts) {
  const button = element("button", "image");
  button.type = "button";
  button.dataset.row = row;
  const picture = drawPicture(images.thumbnail(row), images.caption(row), { lazy: true });
  button.append(picture);
  button.addEventListener("click", () => acts.open(row));
  return button;
}

function drawFacts({ facts, rival }, all) {
  const line = element("div", "facts");
  for (const { name, text, hint } of facts) line.append(drawFact(name, hint, text));
  const other = all.get(rival);
  if (other) {
    const hint = "The cluster whose centre is the nearest to this one's";
    line.append(drawFact("nearest", hint, drawSymbol(other.symbol, other.color), other.name));
  }
  return line;
}

function drawFact(name, hint, ...value) {
  const fact = element("span", "fact");
  fact.title = hint;
  const words = element("span", "fact-name");
  words.textContent = name;
  const text = element("span", "fact-text");
  text.append(...value);
  fact.append(words, text);
  return fact;
}

function percent(share) {
  const value = 100 * share;
  return value > 0 && value < 1 ? "< 1 %" : `${Math.round(value)} %`;
}

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
