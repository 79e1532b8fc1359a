import type { Layout } from './layout';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

/**
 * Returns the index of the node that a key leads to. Right: the next column of the block, else the parent. Left: the
 * middle child, else the previous column. Up and down: the nearest node of the column. Home: the root. End: the first
 * leaf. Returns `from` if there is no such node.
 */
export function neighbor(layout: Layout, from: number, direction: Direction): number {
  const { placed } = layout;
  const here = placed[from];
  if (!here) return 0;
  switch (direction) {
    case 'ArrowRight':
      return beside(layout, from, 1) ?? (here.parent >= 0 ? here.parent : from);
    case 'ArrowLeft':
      return here.children[Math.floor((here.children.length - 1) / 2)] ?? beside(layout, from, -1) ?? from;
    case 'Home':
      return 0;
    case 'End': {
      let leaf = 0;
      for (let next = placed[0]?.children[0]; next !== undefined; next = placed[next]?.children[0]) leaf = next;
      return leaf;
    }
    default: {
      const sign = direction === 'ArrowDown' ? 1 : -1;
      return nearest(placed, from, ({ x, y }) => (x === here.x ? (y - here.y) * sign : 0));
    }
  }
}

/** Returns the node in the next column of the same block; null if there is none. */
function beside({ placed, blocks }: Layout, from: number, sign: 1 | -1): number | null {
  const here = placed[from];
  const block = here && blocks[here.block];
  if (!block) return null;
  let best: number | null = null;
  for (const index of block.members) {
    const { x, y } = placed[index] ?? here;
    const away = (x - here.x) * sign;
    if (y === here.y && away > 0 && (best === null || away < ((placed[best]?.x ?? 0) - here.x) * sign)) best = index;
  }
  return best;
}

/** Returns the index with the smallest positive distance; `from` if there is none. */
function nearest<T>(all: readonly T[], from: number, distance: (item: T) => number): number {
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  all.forEach((item, index) => {
    const away = distance(item);
    if (away <= 0 || away >= least) return;
    best = index;
    least = away;
  });
  return best;
}
