// The orders in which the cards can be read, and the choice among them.
import { remember, remembered } from "../gallery/memory.js";

const MEMORY = "cards-order";
const ORDERS = {
  number: { text: "Number", compare: (a, b) => a.cluster - b.cluster },
  size: { text: "Size", compare: (a, b) => b.size - a.size || a.cluster - b.cluster },
  worst: {
    text: "Worst first",
    compare: (a, b) => badness(b) - badness(a) || a.cluster - b.cluster,
  },
};

export function sortCards(cards, order) {
  return [...cards].sort(ORDERS[order].compare);
}

export function startingOrder() {
  const order = remembered(MEMORY, "number");
  return order in ORDERS ? order : "number";
}

export function drawOrders(chosen, onOrder) {
  const group = document.createElement("div");
  group.className = "orders";
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", "Sort the clusters by");
  for (const [order, { text }] of Object.entries(ORDERS)) {
    group.append(drawChoice(order, text, order === chosen, onOrder));
  }
  return group;
}

// Radio buttons bring their keys with them.
function drawChoice(order, text, checked, onOrder) {
  const label = document.createElement("label");
  const radio = document.createElement("input");
  Object.assign(radio, { type: "radio", name: "order", value: order, checked });
  radio.addEventListener("change", () => {
    remember(MEMORY, order);
    onOrder(order);
  });
  label.append(radio, text);
  return label;
}

// A sum of infinities is no number: what has no badness is better than all that have.
function badness({ badness: value }) {
  return value ?? -Number.MAX_VALUE;
}
