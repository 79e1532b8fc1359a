import { hierarchy, tree } from 'd3-hierarchy';
import type { Item, JobItem } from './view';

export const CARD = { width: 216, height: 52 } as const;
const STEP = { x: CARD.width + 56, y: CARD.height + 12 } as const;

export interface Placed {
  item: Item;
  x: number;
  y: number;
  /** index of the parent in the layout; -1 for the root */
  parent: number;
  /** indices of the children, top to bottom */
  children: number[];
}

export interface Layout {
  /** parents before their children */
  placed: Placed[];
  indexOf: ReadonlyMap<string, number>;
  width: number;
  height: number;
}

/**
 * Places a tree in linear time (Reingold and Tilford). It reads as it runs: what runs first stands left, the root
 * right of all. Coordinates are those of top left corners, the drawing begins at 0, 0.
 */
export function layoutOf(root: JobItem): Layout {
  const data = hierarchy<Item>(root, (item) => (item.kind === 'job' ? item.children : undefined));
  const nodes = tree<Item>()
    .nodeSize([STEP.y, STEP.x])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.35))(data)
    .descendants();
  const indexOf = new Map(nodes.map((node, index) => [node.data.id, index]));
  let [top, bottom] = [0, 0];
  for (const { x } of nodes) {
    top = Math.min(top, x);
    bottom = Math.max(bottom, x);
  }
  const width = data.height * STEP.x + CARD.width;
  const placed = nodes.map((node) => ({
    item: node.data,
    x: width - CARD.width - node.depth * STEP.x,
    y: Math.round(node.x - top),
    parent: node.parent ? (indexOf.get(node.parent.data.id) ?? -1) : -1,
    children: (node.children ?? []).map((child) => indexOf.get(child.data.id) ?? -1),
  }));
  return { placed, indexOf, width, height: bottom - top + CARD.height };
}

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

/**
 * Where an arrow leads: right to what waits, left to what is waited for, up and down in the column, over the
 * borders of families. Home is the root, End the first leaf. Gives the index itself where there is nothing.
 */
export function neighbour({ placed }: Layout, from: number, direction: Direction): number {
  const here = placed[from];
  if (!here) return 0;
  switch (direction) {
    case 'ArrowRight':
      return here.parent >= 0 ? here.parent : from;
    case 'ArrowLeft':
      return here.children[Math.floor((here.children.length - 1) / 2)] ?? from;
    case 'Home':
      return 0;
    case 'End': {
      let leaf = 0;
      for (let next = placed[0]?.children[0]; next !== undefined; next = placed[next]?.children[0]) leaf = next;
      return leaf;
    }
    default: {
      const sign = direction === 'ArrowDown' ? 1 : -1;
      let best = from;
      let distance = Number.POSITIVE_INFINITY;
      placed.forEach(({ x, y }, index) => {
        const away = (y - here.y) * sign;
        if (x === here.x && away > 0 && away < distance) {
          best = index;
          distance = away;
        }
      });
      return best;
    }
  }
}
