// What is seen of one card: its image and what is known of it, and what it is to be compared with.
import { number } from "../browser/counts.js";
import { drawIcon, drawSymbol } from "../gallery/icons.js";
import { nameOpeners } from "../gallery/opener.js";
import { make } from "../scatter/element.js";
import { drawImage } from "./image.js";
import { Portrait } from "./portrait.js";
import { describeStatus, NEW_CLUSTER } from "./words.js";

export class Face {
  // `acts` knows untag(tag).
  constructor(row, { images, full, acts }) {
    Object.assign(this, { row, images, acts, others: "" });
    this.portrait = new Portrait(row, images, full);
    this.path = make("div", "path");
    this.facts = make("div", "facts");
    this.right = make("div", "right");
    const left = make("div", "left", {}, this.portrait.root, this.path, this.facts);
    this.root = make("article", "card", {}, left, this.right);
    this.root.hidden = true;
  }

  // Brings it up to date; pictures that are the same stay as they are.
  dress(card, clusters) {
    const others = JSON.stringify(othersOf(card, clusters));
    const facts = JSON.stringify([card.status, card.label, card.tags, others]);
    if (this.drawn === facts) return;
    this.drawn = facts;
    this.showPath(card);
    this.facts.replaceChildren(...this.drawFacts(card, clusters));
    if (this.others !== others) this.right.replaceChildren(...this.drawOthers(card, clusters));
    this.others = others;
    this.root.dataset.status = card.status;
  }

  showPath({ path, label }) {
    const file = path.split("/").pop();
    const folder = path.slice(0, path.length - file.length);
    this.path.title = path;
    this.path.replaceChildren(make("span", "folder", {}, folder), make("span", "file", {}, file));
    this.root.setAttribute("aria-label", path);
    this.portrait.name(label === null ? path : `${path}\nlabel ${label}`, path);
  }

  drawFacts({ cluster, status, label, tags }, clusters) {
    const facts = [drawChip(clusters.get(cluster), cluster)];
    if (status) facts.push(make("span", "state", {}, drawIcon("check"), describeStatus(status)));
    if (label !== null) {
      facts.push(make("span", "label", { title: label }, make("small", "", {}, "label "), label));
    }
    return [...facts, ...tags.map((tag) => this.drawTag(tag))];
  }

  drawTag(tag) {
    const button = make("button", "untag", { type: "button", "aria-label": `Take away tag ${tag}` });
    button.append(drawIcon("close"));
    button.addEventListener("click", () => this.acts.untag(tag));
    return make("span", "tag", { title: tag }, make("span", "tag-text", { dir: "auto" }, tag), button);
  }

  drawOthers(card, clusters) {
    const own = this.drawCenter("its cluster", clusters.get(card.cluster), card.medoid);
    const rival = this.drawCenter("could be", clusters.get(card.rival), card.rival_medoid);
    const centers = make("div", "centers", {}, own, rival);
    if (card.rival === null) rival.replaceChildren(make("p", "none", {}, "There is no other cluster."));
    const parts = [centers, this.drawNeighbors(card, clusters), drawWords(card)];
    return parts.filter(Boolean);
  }

  drawCenter(title, cluster, medoid) {
    const name = cluster?.name ?? NEW_CLUSTER;
    const line = make("span", "center-name", { title: name }, make("small", "", {}, title));
    const words = make("span", "cluster-name", { dir: "auto" }, name);
    line.append(make("span", "named", {}, drawMark(cluster), words));
    const frame = make("figure", "center", { "aria-label": `${title}: ${name}` }, line);
    frame.style.setProperty("--cluster", cluster?.color ?? "transparent");
    const picture = medoid === null ? make("span", "picture") : this.drawImage(medoid, cluster);
    frame.append(picture);
    return frame;
  }

  drawNeighbors({ neighbors, neighbor_clusters: theirs }, clusters) {
    if (!neighbors.length) return null;
    const heading = make("h4", "heading", {}, "Its nearest neighbours and their clusters");
    const strip = neighbors.map((row, rank) => {
      const cluster = clusters.get(theirs[rank]);
      const image = this.drawImage(row, cluster);
      const name = cluster?.name ?? `cluster ${theirs[rank]}`;
      const words = make("span", "cluster-name", { dir: "auto", title: name }, shorten(name));
      return make("figure", "neighbor", {}, image, make("span", "named", {}, drawMark(cluster), words));
    });
    return make("section", "neighbors", {}, heading, make("div", "strip", {}, ...strip));
  }

  drawImage(row, cluster) {
    return drawImage(row, this.images, cluster?.color);
  }

  show() {
    this.root.hidden = false;
    this.portrait.show();
  }

  hide() {
    this.root.hidden = true;
    this.portrait.hide();
  }

  name() {
    nameOpeners(this.right, this.images);
  }
}

// Where there is little room, of "cluster 12" the number is what counts.
function shorten(name) {
  return name.replace(/^cluster (?=\d+$)/, "");
}

function othersOf({ cluster, rival, medoid, rival_medoid, neighbors, neighbor_clusters, words }, all) {
  const looks = [cluster, rival, ...neighbor_clusters].map((one) => all.get(one) ?? null);
  return [looks, medoid, rival_medoid, neighbors, words];
}

function drawChip(cluster, number_) {
  const name = cluster?.name ?? (number_ === null ? NEW_CLUSTER : `cluster ${number_}`);
  const chip = make("span", "chip", { title: name }, drawMark(cluster));
  chip.append(make("span", "cluster-name", { dir: "auto" }, name));
  chip.style.setProperty("--cluster", cluster?.color ?? "var(--st-border-color)");
  return chip;
}

function drawMark(cluster) {
  return drawSymbol(cluster?.symbol ?? "circle", cluster?.color ?? "currentColor");
}

function drawWords({ words, score }) {
  const title = make("h4", "heading", {}, "Why it is here");
  const value = make("span", "score", { title: "The larger, the worse it fits" });
  value.textContent = `misfit ${number(Number(score.toPrecision(2)))}`;
  title.append(value);
  const list = make("ul", "words", {}, ...words.map((one) => make("li", "", {}, one)));
  return make("section", "why", {}, title, list);
}
