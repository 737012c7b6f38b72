// The cluster cards: fetches what Python published, and tells it what is chosen or renamed.
import { fetchJson } from "../browser/content.js";
import { number } from "../browser/counts.js";
import { mountInTurn } from "../browser/mount.js";
import { Pointing } from "../browser/pointing.js";
import { emit } from "../browser/signals.js";
import { loadImages } from "../gallery/images.js";
import { nameOpeners, rowOf } from "../gallery/opener.js";
import { make } from "../scatter/element.js";
import { drawCard } from "./card.js";
import { drawOrders, sortCards, startingOrder } from "./order.js";

export default mountInTurn((parent) => new Cards(parent), (data) => data.cards);

class Cards {
  constructor(parent) {
    this.order = startingOrder();
    this.hint = make("p", "hint");
    this.count = make("span", "count");
    this.list = make("div", "cards");
    const bar = make("div", "bar");
    bar.append(this.count, drawOrders(this.order, (order) => this.sort(order)));
    parent.append(this.hint, bar, this.list);
    this.pointing = new Pointing("cards", (row) => this.ring(row));
    this.pointing.follow(this.list, rowOf);
  }

  async draw(data) {
    const before = this.data;
    const { cards } = await fetchJson(data.cards);
    const others = !this.images?.isFor(data.images);
    if (others) await this.takeImages(data.images);
    this.data = data;
    this.hint.textContent = data.hint;
    this.hint.hidden = !data.hint;
    if (others || before?.cards !== data.cards) this.takeCards(cards);
    this.dress();
  }

  async takeImages(data) {
    const images = await loadImages(data);
    this.images = images;
    const named = () => images === this.images && nameOpeners(this.list, images);
    images.loadNames().then(named).catch((error) => this.fail(error));
  }

  takeCards(cards) {
    const count = number(cards.length);
    this.count.textContent = `${count} ${cards.length === 1 ? "cluster" : "clusters"}`;
    this.cards = cards;
    const all = new Map(cards.map((card) => [card.cluster, card]));
    const { images } = this;
    const given = { images, all, longest: this.data.longest, acts: this.acts() };
    const focused = this.list.getRootNode().activeElement?.closest(".name, .select");
    this.drawn = new Map(cards.map((card) => [card.cluster, drawCard(card, given)]));
    this.sort(this.order);
    nameOpeners(this.list, images);
    if (focused) this.refocus(focused);
  }

  // Who renamed a cluster with the keyboard goes on from there.
  refocus(button) {
    const cluster = Number(button.closest(".card").dataset.cluster);
    this.drawn.get(cluster)?.querySelector(`.${button.className}`)?.focus();
  }

  acts() {
    return {
      rename: (cluster, name) => this.tell("renamed", { cluster, name }),
      select: (cluster) => this.tell("selected", { cluster }),
      open: (row) => {
        emit("open", { row });
        this.tell("opened", { row });
      },
    };
  }

  sort(order) {
    this.order = order;
    if (!this.cards) return;
    const sorted = sortCards(this.cards, order);
    this.list.replaceChildren(...sorted.map(({ cluster }) => this.drawn.get(cluster)));
  }

  dress() {
    for (const [cluster, root] of this.drawn) {
      root.classList.toggle("selected", cluster === this.data.selected);
    }
    for (const button of this.list.querySelectorAll(".image")) {
      button.classList.toggle("open", Number(button.dataset.row) === this.data.open);
    }
  }

  ring(row) {
    for (const button of this.list.querySelectorAll(".image")) {
      button.classList.toggle("ringed", Number(button.dataset.row) === row);
    }
  }

  fail(error) {
    this.count.textContent = `The clusters could not be drawn: ${error.message}. Reload the page.`;
    console.error(error);
  }

  remove() {
    this.pointing.remove();
  }
}
