'use client';

import { useCallback, useMemo, useState } from 'react';
import type { TreeNode } from './graph/tree-node';
import { allShown, defaultShown, FAN_STEP, type JobItem, type Shown, viewOf } from './graph/view';

const NOTHING: Shown = new Map();

export interface View {
  item: JobItem;
  /** shows more children of a node */
  unfold: (parentId: string) => void;
  fold: (parentId: string) => void;
  /** shows everything that is loaded */
  unfoldAll: () => void;
  /** returns to the default view */
  reset: () => void;
  /** the user changed what is shown */
  changed: boolean;
  /** everything that is loaded is shown */
  all: boolean;
}

/** Controls which nodes of a tree are shown. Calls `onShort` when more children have to be loaded first. */
export function useView(root: TreeNode, onShort?: (parentId: string) => void): View {
  const [chosen, setChosen] = useState<Shown>(NOTHING);
  const [all, setAll] = useState(false);
  const shape = useShape(root);
  const first = useMemo(() => (all ? allShown(root) : shape), [all, root, shape]);
  const item = useMemo(() => viewOf(root, chosen, first), [root, chosen, first]);

  const unfold = useCallback(
    (parentId: string) => {
      const node = find(root, parentId);
      if (!node) return;
      const before = chosen.get(parentId) ?? first.get(parentId) ?? 0;
      const next = Math.min(node.childCount, before + FAN_STEP);
      if (next > node.children.length) onShort?.(parentId);
      setChosen(new Map(chosen).set(parentId, next));
    },
    [root, chosen, first, onShort],
  );
  const fold = useCallback((parentId: string) => setChosen((now) => new Map(now).set(parentId, 0)), []);
  const unfoldAll = useCallback(() => {
    setChosen(NOTHING);
    setAll(true);
  }, []);
  const reset = useCallback(() => {
    setChosen(NOTHING);
    setAll(false);
  }, []);
  return { item, unfold, fold, unfoldAll, reset, changed: all || chosen.size > 0, all };
}

/** The default view depends only on the tree's shape, so it is computed again only when the shape changes. */
function useShape(root: TreeNode): Shown {
  const [held, setHeld] = useState(() => ({ root, shown: defaultShown(root) }));
  if (held.root === root) return held.shown;
  const shown = defaultShown(root);
  const same = shown.size === held.shown.size && [...shown].every(([id, count]) => held.shown.get(id) === count);
  const next = { root, shown: same ? held.shown : shown };
  setHeld(next);
  return next.shown;
}

function find(root: TreeNode, id: string): TreeNode | undefined {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.id === id) return node;
    stack.push(...node.children);
  }
  return undefined;
}
