import type { Item } from './graph/view';

interface Move {
  to: number;
  fold?: string;
  unfold?: string;
}

/** Returns the move for a key in a tree view, as in the platform's own tree views; null for other keys. */
export function listMove(rows: readonly Item[], at: number, key: string): Move | null {
  const item = rows[at];
  if (!item) return null;
  const parent = () => ({
    to: Math.max(
      0,
      rows.findIndex(({ id }) => id === item.parentId),
    ),
  });
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(rows.length - 1, at + 1) };
    case 'ArrowUp':
      return { to: Math.max(0, at - 1) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: rows.length - 1 };
    case 'ArrowRight':
      if (item.kind === 'fan') return { to: at, unfold: item.parentId };
      if (item.node.childCount === 0) return { to: at };
      return item.unfolded ? { to: at + 1 } : { to: at, unfold: item.id };
    case 'ArrowLeft':
      return item.kind === 'job' && item.unfolded ? { to: at, fold: item.id } : parent();
    default:
      return null;
  }
}
