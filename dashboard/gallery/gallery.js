// Draws the cards that Python sends and tells it which one was opened.
export default function ({ data, parentElement, setTriggerValue }) {
  let grid = parentElement.querySelector(".grid");
  if (!grid) {
    grid = document.createElement("div");
    grid.className = "grid";
    grid.setAttribute("role", "list");
    grid.addEventListener("keydown", moveFocus);
    parentElement.appendChild(grid);
  }
  grid.replaceChildren(...data.cards.map((card) => drawCard(card, setTriggerValue)));
}

function drawCard(card, setTriggerValue) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = card.is_open ? "card open" : "card";
  button.dataset.id = card.id;
  button.title = card.title;
  button.style.setProperty("--cluster", card.color);
  button.addEventListener("click", () => setTriggerValue("opened", card.id));
  const image = document.createElement("img");
  image.src = card.address;
  image.alt = card.title;
  image.loading = "lazy";
  image.decoding = "async";
  button.appendChild(image);
  return button;
}

// Arrow keys walk along the grid, as in a file manager.
function moveFocus(event) {
  const grid = event.currentTarget;
  const cards = [...grid.children];
  const here = cards.indexOf(event.target.closest(".card"));
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (here < 0 || !step || !cards[here + step]) return;
  event.preventDefault();
  cards[here + step].focus();
}
