// The clusterings, their clusters and the flows among them, linked to each other.

/** Columns of nodes from top to bottom; flows come and leave in the order of their other ends. */
export function readColumns({ columns }) {
  const read = columns.map(readColumn);
  columns.forEach(({ flows }, at) => link(flows, read[at], read[at + 1]));
  for (const { nodes } of read) nodes.forEach(sortFlows);
  return read;
}

/** The node or the flow that Python or the browser names; null where there is none such. */
export function findItem(columns, given) {
  const column = given && columns[given.column];
  if (!column) return null;
  const { cluster, from, to } = given;
  if (cluster !== undefined) return column.nodes.find((one) => one.cluster === cluster) ?? null;
  if (from === undefined) return column;
  const leads = ({ source, target }) => source.cluster === from && target.cluster === to;
  return column.flows.find(leads) ?? null;
}

/** What Python is told of an item: the event, and what names it. */
export function nameItem(item) {
  const column = item.kind === "column" ? item.at : item.column.at;
  if (item.kind === "column") return ["column", { column }];
  if (item.kind === "node") return ["node", { column, cluster: item.cluster }];
  return ["flow", { column, from: item.source.cluster, to: item.target.cluster }];
}

/** What stands out with an item: the nodes and the flows that are connected to it. */
export function connected(item) {
  if (item?.kind === "node") {
    const flows = [...item.coming, ...item.leaving];
    return { nodes: new Set([item, ...flows.flatMap(ends)]), flows };
  }
  if (item?.kind === "flow") return { nodes: new Set(ends(item)), flows: [item] };
  return { nodes: new Set(), flows: [] };
}

function ends({ source, target }) {
  return [source, target];
}

function readColumn({ title, nodes }, at) {
  const column = { kind: "column", at, title, flows: [] };
  column.nodes = nodes.map((given, place) => readNode(given, column, place));
  return column;
}

function readNode([cluster, name, color, size, medoid], column, at) {
  const flows = { coming: [], leaving: [] };
  return { kind: "node", column, at, cluster, name, color, size, medoid, ...flows };
}

function link(flows, column, following) {
  const sources = byCluster(column);
  const targets = following && byCluster(following);
  for (const [from, to, count] of flows) {
    const [source, target] = [sources.get(from), targets.get(to)];
    const flow = { kind: "flow", column, source, target, count };
    column.flows.push(flow);
    source.leaving.push(flow);
    target.coming.push(flow);
  }
}

function byCluster({ nodes }) {
  return new Map(nodes.map((node) => [node.cluster, node]));
}

// Ribbons that meet at a node do not cross there.
function sortFlows({ coming, leaving }) {
  coming.sort((one, other) => one.source.at - other.source.at);
  leaving.sort((one, other) => one.target.at - other.target.at);
}
