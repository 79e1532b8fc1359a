'use client';

import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { formatCount } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import { useStuckBatches } from '@/lib/client/queries/system';

/** Open batches that look stuck or were never sealed, each with its reasons. Hidden while there are none. */
export function StuckPanel() {
  const { data: stuck = [] } = useStuckBatches();
  if (stuck.length === 0) return null;
  return (
    <Panel
      flush
      title="Looks stuck"
      className="border-status-partial/40"
      actions={<span className="text-muted text-xs">{formatCount(stuck.length, 'batch', 'batches')}</span>}
    >
      <ul className="max-h-80 divide-y overflow-y-auto">
        {stuck.map((batch) => (
          <li key={batch.batchId} className="relative flex gap-2.5 px-3 py-2 hover:bg-hover">
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-status-partial" aria-hidden="true" />
            <div className="min-w-0 flex-1">
              <p className="flex items-baseline gap-2">
                <Link
                  href={`/batches/${batch.batchId}?doctor=open`}
                  className="min-w-0 truncate font-medium text-sm after:absolute after:inset-0"
                >
                  {batch.name}
                </Link>
                <span className="shrink-0 text-muted text-xs max-sm:hidden">
                  <TypeTitle type={batch.type} />
                </span>
                <Time
                  at={batch.since}
                  prefix="last progress"
                  className="relative ml-auto shrink-0 text-muted text-xs"
                />
              </p>
              <p className="text-muted text-xs">{batch.reasons.map(({ message }) => message).join(' ')}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
