'use client';

import { useCallback, useMemo, useRef, useState } from 'react';
import { useFlow, useFlowPages, type WantedPage } from '@/lib/client/queries/flows';
import type { FlowNodeDto } from '@/lib/contracts/flow';
import { type TreeNode, toTreeNode } from './graph/tree-node';

interface FlowTree {
  query: ReturnType<typeof useFlow>;
  root: TreeNode | null;
  /** parents whose next children are loading */
  loading: ReadonlySet<string>;
  /** the error of a page of children */
  problem: { error: Error; retry: () => void } | null;
  /** loads the next children of a node, if there are any */
  readMore: (parentId: string) => void;
}

const PLACE = /^\d+$/;

/** Returns a flow as one tree: the first response, and the pages of children that were loaded later. */
export function useFlowTree(flowId: string): FlowTree {
  const query = useFlow(flowId);
  const [wanted, setWanted] = useState<readonly WantedPage[]>([]);
  const states = useFlowPages(flowId, wanted);

  const answers = useSame(states.map(({ data }) => data));
  const pages = useMemo(() => {
    const byParent = new Map<string, FlowNodeDto[]>();
    answers.forEach((answer, index) => {
      const parent = wanted[index]?.parent;
      if (answer && parent) byParent.set(parent, [...(byParent.get(parent) ?? []), ...answer.nodes]);
    });
    return byParent;
  }, [answers, wanted]);
  const root = useMemo(() => (query.data ? toTreeNode(query.data, pages) : null), [query.data, pages]);
  const pending = states.filter(({ data, error }) => !data && !error).map(({ parent }) => parent);
  const pendingKey = pending.join(' ');
  const loading = useMemo(() => new Set(pendingKey.split(' ').filter(Boolean)), [pendingKey]);
  const failed = states.find(({ error }) => error);

  const { data } = query;
  const readMore = useCallback(
    (parentId: string) => {
      const last = states.filter(({ parent }) => parent === parentId).at(-1);
      if (last && !last.data) return;
      const node = last ? undefined : findNode(data, pages, parentId);
      const cursor = last
        ? last.data?.nextCursor
        : node && (node.nextCursor ?? (node.children.length === 0 ? '0' : null));
      if (typeof cursor !== 'string' || !PLACE.test(cursor)) return;
      setWanted((now) => [...now, { parent: parentId, cursor }]);
    },
    [states, data, pages],
  );
  return {
    query,
    root,
    loading,
    readMore,
    problem: failed?.error ? { error: failed.error, retry: failed.refetch } : null,
  };
}

/** Returns the same array while its elements are the same, so that nothing renders again without a change. */
function useSame<T>(next: readonly T[]): readonly T[] {
  const held = useRef(next);
  const same = held.current.length === next.length && next.every((item, index) => item === held.current[index]);
  if (!same) held.current = next;
  return held.current;
}

function findNode(
  root: FlowNodeDto | undefined,
  pages: ReadonlyMap<string, readonly FlowNodeDto[]>,
  id: string,
): FlowNodeDto | undefined {
  const stack: FlowNodeDto[] = root ? [root] : [];
  for (const nodes of pages.values()) stack.push(...nodes);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.job.id === id) return node;
    stack.push(...node.children);
  }
  return undefined;
}
