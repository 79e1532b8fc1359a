import { type HierarchyPointNode, hierarchy, tree } from 'd3-hierarchy';
import { flatten, type Item, type JobItem } from './view';

export const CARD = { width: 216, height: 52 } as const;
const STEP = { x: CARD.width + 56, y: CARD.height + 12 } as const;
/** The distance of a block's columns, smaller than that of two levels. */
const BLOCK_STEP = CARD.width + 12;
export const BLOCK_PAD = 10;
/** The most leaves in one column. More leaves are laid out in columns as one block, so that the graph stays compact. */
export const BLOCK_FROM = 8;

export interface Placed {
  item: Item;
  x: number;
  y: number;
  /** index of the parent in the layout; -1 for the root */
  parent: number;
  /** indices of the children, in order */
  children: number[];
  /** index of the block that contains it; -1 for none */
  block: number;
}

/** Leaves of one parent in columns, with one edge to the parent. */
export interface Block {
  parent: number;
  members: number[];
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  /** parents before their children */
  placed: Placed[];
  blocks: Block[];
  indexOf: ReadonlyMap<string, number>;
  width: number;
  height: number;
}

/** The input of the layout: an item, or one column of a block. A column takes a level, so that a block overlaps no node. */
type Cell =
  | { item: Item; leaves: null }
  | { item: null; leaves: Item[]; rows: number; columns: number; column: number };

const isLeaf = (item: Item): boolean => item.kind === 'fan' || item.children.length === 0;

function cellsBelow(cell: Cell): Cell[] | undefined {
  if (cell.leaves) return cell.column + 1 < cell.columns ? [{ ...cell, column: cell.column + 1 }] : undefined;
  if (cell.item.kind === 'fan') return undefined;
  const { children } = cell.item;
  if (children.length <= BLOCK_FROM || !children.every(isLeaf)) return children.map((item) => ({ item, leaves: null }));
  // The block is about as wide as high.
  const columns = Math.max(1, Math.round(Math.sqrt((children.length * STEP.y) / BLOCK_STEP)));
  return [{ item: null, leaves: children, rows: Math.ceil(children.length / columns), columns, column: 0 }];
}

const tall = ({ data }: HierarchyPointNode<Cell>): number => (data.leaves ? data.rows + 0.5 : 1);

/**
 * Lays out a tree in linear time (Reingold and Tilford), in order of execution: jobs that run first are on the left,
 * the root is on the right. Coordinates are top left corners; the graph starts at 0, 0.
 */
export function layoutOf(root: JobItem): Layout {
  const start: Cell = { item: root, leaves: null };
  const data = hierarchy<Cell>(start, cellsBelow);
  const nodes = tree<Cell>()
    .nodeSize([STEP.y, STEP.x])
    .separation((a, b) => (tall(a) + tall(b)) / 2 + (a.parent === b.parent ? 0 : 0.35))(data)
    .descendants();
  const spots = new Map<string, { x: number; y: number }>();
  const frames: (Omit<Block, 'parent' | 'members'> & { leaves: Item[] })[] = [];
  for (const { data: cell, x, depth } of nodes) {
    if (cell.item) spots.set(cell.item.id, { x: -depth * STEP.x, y: x });
    if (!cell.leaves || cell.column > 0) continue;
    const [right, top] = [-depth * STEP.x, x - ((cell.rows - 1) / 2) * STEP.y];
    cell.leaves.forEach(({ id }, index) => {
      // The order is that of text: rows from the top, each from the left.
      const column = cell.columns - 1 - (index % cell.columns);
      spots.set(id, { x: right - column * BLOCK_STEP, y: top + Math.floor(index / cell.columns) * STEP.y });
    });
    const width = (cell.columns - 1) * BLOCK_STEP + CARD.width;
    frames.push({
      leaves: cell.leaves,
      x: right + CARD.width - width - BLOCK_PAD,
      y: top - BLOCK_PAD,
      width: width + 2 * BLOCK_PAD,
      height: (cell.rows - 1) * STEP.y + CARD.height + 2 * BLOCK_PAD,
    });
  }
  return assemble(root, spots, frames);
}

function assemble(
  root: JobItem,
  spots: ReadonlyMap<string, { x: number; y: number }>,
  frames: (Omit<Block, 'parent' | 'members'> & { leaves: Item[] })[],
): Layout {
  const items = flatten(root);
  const indexOf = new Map(items.map((item, index) => [item.id, index]));
  let [left, top, bottom] = [0, 0, 0];
  for (const { x, y } of spots.values()) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  for (const { x, y } of frames) {
    left = Math.min(left, x);
    top = Math.min(top, y);
  }
  const placed = items.map((item): Placed => {
    const spot = spots.get(item.id) ?? { x: 0, y: 0 };
    return {
      item,
      x: Math.round(spot.x - left),
      y: Math.round(spot.y - top),
      parent: item.parentId === null ? -1 : (indexOf.get(item.parentId) ?? -1),
      children: item.kind === 'job' ? item.children.map(({ id }) => indexOf.get(id) ?? -1) : [],
      block: -1,
    };
  });
  const blocks = frames.map(({ leaves, ...frame }, block): Block => {
    const members = leaves.map(({ id }) => indexOf.get(id) ?? -1);
    for (const member of members) {
      const place = placed[member];
      if (place) place.block = block;
    }
    const parent = placed[members[0] ?? -1]?.parent ?? -1;
    return { ...frame, x: Math.round(frame.x - left), y: Math.round(frame.y - top), parent, members };
  });
  return { placed, blocks, indexOf, width: CARD.width - left, height: bottom - top + CARD.height };
}

/** Returns the layout with new items if the structure is unchanged; null if it changed. */
export function relabel(layout: Layout, root: JobItem): Layout | null {
  const items = flatten(root);
  if (items.length !== layout.placed.length) return null;
  const placed: Placed[] = [];
  for (const [index, item] of items.entries()) {
    const held = layout.placed[index];
    if (!held || held.item.id !== item.id || held.item.parentId !== item.parentId) return null;
    placed.push(held.item === item ? held : { ...held, item });
  }
  return { ...layout, placed };
}
