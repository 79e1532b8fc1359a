'use client';

import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatCount } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { useAttention } from '@/lib/client/queries/attention';
import type { AttentionItem } from '@/lib/contracts/attention';
import { SEVERITIES, type Severity } from '@/lib/contracts/choices';
import { AttentionRow } from './attention-row';
import { useStillItems } from './use-still-items';

/** Items that are shown before one asks for the rest. */
const SHOWN = 8;

const WORDS: Record<Severity, [one: string, many: string]> = {
  critical: ['critical', 'critical'],
  warning: ['warning', 'warnings'],
  notice: ['notice', 'notices'],
};

/** `2 critical · 1 warning` */
function summary(items: readonly AttentionItem[]): string {
  return SEVERITIES.map((severity) => [severity, items.filter((item) => item.severity === severity).length] as const)
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => formatCount(n, ...WORDS[severity]))
    .join(' · ');
}

/** Everything that needs a person, worst first. Nothing moves while the pointer or the focus is in the list. */
export function AttentionPanel() {
  const query = useAttention();
  const items = query.data;
  return (
    <Panel
      title="Needs you"
      flush
      aria-busy={query.isPending || undefined}
      actions={items && items.length > 0 ? <span className="text-muted text-xs">{summary(items)}</span> : null}
    >
      {items ? (
        <Items items={items} />
      ) : query.isError ? (
        <ErrorState
          className="py-6"
          title="What needs you could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      ) : (
        <div aria-hidden="true" className="flex h-10 items-center gap-2.5 px-3">
          <Skeleton className="size-4 rounded-full" />
          <Skeleton className="w-40" />
        </div>
      )}
      <p role="status" className="sr-only">
        {items ? (items.length === 0 ? 'Nothing needs you' : `Needs you: ${summary(items)}`) : ''}
      </p>
    </Panel>
  );
}

function Items({ items }: { items: readonly AttentionItem[] }) {
  const still = useStillItems(items);
  const [all, setAll] = useState(false);
  if (still.items.length === 0) {
    return (
      <p className="flex h-10 items-center gap-2.5 px-3 text-sm">
        <CircleCheck className="size-4 shrink-0 text-status-completed" aria-hidden="true" />
        Nothing needs you
      </p>
    );
  }
  const shown = all ? still.items : still.items.slice(0, SHOWN);
  const more = still.items.length - shown.length;
  return (
    <div {...still.handlers}>
      <ul data-rows="" className="divide-y">
        {shown.map(({ item, settled }) => (
          <AttentionRow key={item.id} item={item} settled={settled} />
        ))}
      </ul>
      {more > 0 ? (
        <div className="border-t px-3 py-1.5">
          <Button size="sm" variant="ghost" onClick={() => setAll(true)}>
            Show {more} more
          </Button>
        </div>
      ) : null}
    </div>
  );
}
