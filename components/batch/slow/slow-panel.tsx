'use client';

import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { Panel } from '@/components/ui/panel';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import type { BatchDto } from '@/lib/contracts/batch';

const Explanation = onDemand(() => import('./explanation').then((module) => module.Explanation));

interface SlowPanelProps {
  batch: BatchDto;
  onOpen: (jobId: string) => void;
}

/** Where the time of a batch goes. It is read when somebody asks: the address keeps it open. */
export function SlowPanel({ batch, onOpen }: SlowPanelProps) {
  const [params, change] = useUrlFilters();
  const isOpen = params.get('slow') === 'open';
  return (
    <Panel
      title="Where the time goes"
      flush
      actions={
        <Button size="sm" variant="ghost" aria-expanded={isOpen} onClick={() => change({ slow: isOpen ? '' : 'open' })}>
          {isOpen ? 'Hide' : 'Why is it slow?'}
        </Button>
      }
    >
      {isOpen ? <Explanation batch={batch} onOpen={onOpen} /> : <Unasked batch={batch} />}
    </Panel>
  );
}

/** What an answer would say: all of the batch's attempts are read for it, so nobody gets it unasked. */
function Unasked({ batch: { finishedAt } }: Pick<SlowPanelProps, 'batch'>) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2 text-muted text-sm">
      <p className="min-w-0 flex-1 basis-72">
        Work, retries, or a wait for a slot, the rate or a backoff: what {finishedAt ? 'took' : 'takes'} the time, what
        the limit {finishedAt ? 'was' : 'is'}, and the slowest items.
      </p>
      <div className="flex h-3 w-40 shrink-0 gap-px overflow-hidden rounded-sm" aria-hidden="true">
        <span className="w-3/6 bg-line" />
        <span className="w-2/6 bg-sunken" />
        <span className="w-1/6 bg-line" />
      </div>
    </div>
  );
}
