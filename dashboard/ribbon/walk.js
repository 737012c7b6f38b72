// Where the keys lead: among the nodes of a column, to neighbouring columns, along the ribbons.

/** The item that an arrow leads to; null where it leads nowhere. `origin` is the walked node. */
export function nextItem(item, { key, shiftKey }, { columns, origin }) {
  if (item.kind === "flow") return fromFlow(item, key, origin);
  if (item.kind === "column") return fromColumn(item, key, columns);
  if (shiftKey) return firstFlow(item, key);
  return fromNode(item, key, columns);
}

function fromColumn(column, key, columns) {
  if (key === "ArrowDown") return column.nodes[0] ?? null;
  return columns[column.at + sideways(key)] ?? null;
}

function fromNode(node, key, columns) {
  const { column, at } = node;
  if (key === "ArrowUp") return column.nodes[at - 1] ?? column;
  if (key === "ArrowDown") return column.nodes[at + 1] ?? null;
  if (key === "Home") return column.nodes[0];
  if (key === "End") return column.nodes.at(-1);
  const neighbor = columns[column.at + sideways(key)];
  return neighbor ? companion(node, neighbor) : null;
}

// Where most of its images are; an empty cluster has none, and goes straight across.
function companion(node, neighbor) {
  const leaves = neighbor.at > node.column.at;
  const flows = leaves ? node.leaving : node.coming;
  const [widest] = [...flows].sort((one, other) => other.count - one.count);
  if (widest) return leaves ? widest.target : widest.source;
  const across = node.at / Math.max(1, node.column.nodes.length - 1);
  return neighbor.nodes[Math.round(across * (neighbor.nodes.length - 1))] ?? neighbor;
}

function firstFlow(node, key) {
  const flows = flowsOf(node);
  if (key === "ArrowDown" || key === "ArrowRight") return flows[0] ?? null;
  if (key === "ArrowUp") return flows.at(-1) ?? null;
  return key === "ArrowLeft" ? (node.coming[0] ?? null) : null;
}

function fromFlow(flow, key, origin) {
  if (key === "ArrowLeft") return flow.source;
  if (key === "ArrowRight") return flow.target;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  const flows = flowsOf([flow.source, flow.target].includes(origin) ? origin : flow.source);
  return step ? flows.at((flows.indexOf(flow) + step) % flows.length) : null;
}

// Around the node: down its right side, then down its left.
function flowsOf({ leaving, coming }) {
  return [...leaving, ...coming];
}

function sideways(key) {
  return { ArrowLeft: -1, ArrowRight: 1 }[key] ?? NaN;
}
