'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { EmptyState } from '@/components/ui/states';
import type { FlowNodeBody } from '@/lib/contracts/flow';
import { GraphSkeleton } from './flow-states';
import { plannedTree, type TreeNode } from './graph/tree-node';
import { useView } from './use-view';

const FlowGraph = dynamic(() => import('./graph/flow-graph').then((graph) => graph.FlowGraph), {
  ssr: false,
  loading: GraphSkeleton,
});
const NOTHING: ReadonlySet<string> = new Set();

/** A preview of the trees before the launch, one at a time. */
export function FlowPreview({ flows }: { flows: readonly FlowNodeBody[] }) {
  const [chosen, setChosen] = useState(0);
  const at = Math.min(chosen, Math.max(0, flows.length - 1));
  const flow = flows[at];
  const root = useMemo(() => (flow ? plannedTree(flow) : null), [flow]);
  if (!root) {
    return (
      <EmptyState title="Nothing to draw yet" className="m-auto">
        The tree appears here as soon as the text is a flow.
      </EmptyState>
    );
  }
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {flows.length > 1 ? (
        <div className="flex h-9 shrink-0 items-center gap-1 border-b bg-surface px-2 text-xs">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Previous flow"
            disabled={at === 0}
            onClick={() => setChosen(at - 1)}
          >
            <ChevronLeft />
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Next flow"
            disabled={at === flows.length - 1}
            onClick={() => setChosen(at + 1)}
          >
            <ChevronRight />
          </Button>
          <p className="min-w-0 truncate text-muted">
            flow {formatNumber(at + 1)} of {formatNumber(flows.length)} · {root.name}
          </p>
        </div>
      ) : null}
      <div className="min-h-0 flex-1">
        <Drawn key={at} root={root} />
      </div>
    </div>
  );
}

function Drawn({ root }: { root: TreeNode }) {
  const view = useView(root);
  return (
    <FlowGraph
      label={`Preview of ${root.name}`}
      root={view.item}
      loading={NOTHING}
      running={false}
      refits
      open={null}
      unfold={view.unfold}
      fold={view.fold}
    />
  );
}
