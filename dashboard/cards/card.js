// One cluster's card: its mark and name, its size, its images and what is known of it.
import { number } from "../browser/counts.js";
import { drawSymbol } from "../gallery/icons.js";
import { drawPicture } from "../gallery/picture.js";
import { make } from "../scatter/element.js";
import { drawName } from "./name.js";

// `acts` knows rename(cluster, name), select(cluster) and open(row); `all` finds a rival.
export function drawCard(card, { images, all, longest, acts }) {
  const root = make("article", "card");
  root.dataset.cluster = card.cluster;
  root.style.setProperty("--cluster", card.color);
  root.setAttribute("aria-label", card.name);
  const body = make("div", "card-body");
  body.append(drawHead(card, longest, acts), drawShare(card), drawImages(card, images, acts));
  body.append(drawFacts(card, all));
  root.append(drawMedoid(card, images, acts), body);
  return root;
}

function drawHead(card, longest, acts) {
  const head = make("div", "card-head");
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
  const button = make("button", "select");
  button.type = "button";
  const count = number(size);
  button.textContent = `${count} · ${percent(share)}`;
  button.title = "Select these images";
  button.setAttribute("aria-label", `Select the ${count} images of ${name}, ${percent(share)}`);
  button.addEventListener("click", () => acts.select(cluster));
  return button;
}

function drawShare({ share }) {
  const bar = make("div", "share");
  const part = make("div", "share-part");
  part.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  bar.append(part);
  return bar;
}

function drawMedoid({ medoid }, images, acts) {
  const box = make("div", "medoid");
  if (medoid !== null) box.append(drawImage(medoid, images, acts));
  return box;
}

function drawImages({ typical, unusual }, images, acts) {
  const line = make("div", "images");
  line.append(drawGroup("most typical", typical, images, acts));
  line.append(drawGroup("least typical", unusual, images, acts));
  return line;
}

function drawGroup(title, rows, images, acts) {
  const group = make("div", "group");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", title);
  group.hidden = rows.length === 0;
  const words = make("span", "group-title");
  words.textContent = title;
  const strip = make("div", "strip");
  strip.append(...rows.map((row) => drawImage(row, images, acts)));
  group.append(words, strip);
  return group;
}

function drawImage(row, images, acts) {
  const button = make("button", "image");
  button.type = "button";
  button.dataset.row = row;
  const picture = drawPicture(images.thumbnail(row), images.caption(row), { lazy: true });
  button.append(picture);
  button.addEventListener("click", () => acts.open(row));
  return button;
}

function drawFacts({ facts, rival }, all) {
  const line = make("div", "facts");
  for (const { name, text, hint } of facts) line.append(drawFact(name, hint, text));
  const other = all.get(rival);
  if (other) {
    const hint = "The cluster whose centre is the nearest to this one's";
    line.append(drawFact("nearest", hint, drawSymbol(other.symbol, other.color), other.name));
  }
  return line;
}

function drawFact(name, hint, ...value) {
  const fact = make("span", "fact");
  fact.title = hint;
  const words = make("span", "fact-name");
  words.textContent = name;
  const text = make("span", "fact-text");
  text.append(...value);
  fact.append(words, text);
  return fact;
}

function percent(share) {
  const value = 100 * share;
  return value > 0 && value < 1 ? "< 1 %" : `${Math.round(value)} %`;
}
