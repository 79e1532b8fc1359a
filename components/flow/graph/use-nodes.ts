'use client';

import { useMemo, useRef } from 'react';
import { JOB_STATUSES } from '@/lib/contracts/status';
import type { FanNode } from './fan-card';
import type { JobNode } from './job-card';
import { CARD, type Layout } from './layout';

export type GraphNode = JobNode | FanNode;

const FIXED = {
  width: CARD.width,
  height: CARD.height,
  // Sizes are given and there are no handles. Otherwise React Flow would render every node once to measure it.
  measured: { width: CARD.width, height: CARD.height },
  handles: [],
  draggable: false,
  selectable: false,
  focusable: false,
};

/** Returns nodes for React Flow. Unchanged nodes keep their object, so that only changed cards render again. */
export function useNodes(layout: Layout, current: string | null, loading: ReadonlySet<string>): GraphNode[] {
  const held = useRef(new Map<string, GraphNode>());
  return useMemo(() => {
    const next = new Map<string, GraphNode>();
    for (const { item, x, y } of layout.placed) {
      const before = held.current.get(item.id);
      const isCurrent = item.id === current;
      const moved = before?.position.x !== x || before.position.y !== y || before.data.current !== isCurrent;
      const node: GraphNode =
        item.kind === 'job'
          ? { ...FIXED, id: item.id, type: 'job', position: { x, y }, data: { item, current: isCurrent } }
          : {
              ...FIXED,
              id: item.id,
              type: 'fan',
              position: { x, y },
              data: { item, current: isCurrent, loading: loading.has(item.parentId) },
            };
      next.set(item.id, before && !moved && sameData(before, node) ? before : node);
    }
    held.current = next;
    return [...next.values()];
  }, [layout, current, loading]);
}

function sameData(a: GraphNode, b: GraphNode): boolean {
  if (a.type === 'job' && b.type === 'job') {
    return a.data.item.node === b.data.item.node && a.data.item.unfolded === b.data.item.unfolded;
  }
  if (a.type !== 'fan' || b.type !== 'fan') return false;
  const [x, y] = [a.data.item, b.data.item];
  return (
    a.data.loading === b.data.loading &&
    x.count === y.count &&
    x.whole === y.whole &&
    x.partly === y.partly &&
    JOB_STATUSES.every((status) => x.counts[status] === y.counts[status] && x.below[status] === y.below[status])
  );
}
