'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { onDemand } from '@/components/ui/on-demand';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { useLimits } from '@/lib/client/queries/limits';
import { useViewer } from '@/lib/client/queries/system';
import type { LimitsAnswer } from '@/lib/contracts/limits';
import { LIMIT_FIELDS, type LimitField } from './limit-fields';

const LimitsDialog = onDemand(
  () => import('./limits-dialog').then((module) => module.LimitsDialog),
  ({ open }) => open,
);

/** The share of a limit from which on the page warns. */
const NEAR = 0.9;

/** What is used beside what is allowed, with a bar. */
function LimitRow({ field, answer }: { field: LimitField; answer: LimitsAnswer }) {
  const allowed = answer.limits[field.name];
  const used = field.used ? answer.used[field.used] : null;
  const words = [
    ...(used === null ? [] : [field.format(used)]),
    allowed === null
      ? used === null
        ? (field.otherwise ?? 'no limit')
        : ''
      : `${used !== null ? 'of ' : field.otherwise ? '' : 'at most '}${field.format(allowed)}`,
  ];
  const share = used === null || allowed === null ? null : allowed === 0 ? 1 : Math.min(1, used / allowed);
  return (
    <li className="grid gap-x-6 gap-y-1 border-b px-3 py-2 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <span className="min-w-0">
        <span className="block font-medium text-sm">{field.label}</span>
        <span className="block text-muted text-xs">{field.hint}</span>
      </span>
      <span className="flex min-w-0 flex-col justify-center gap-1">
        <span className="text-sm tabular-nums">
          {words.filter(Boolean).join(' ')}
          {allowed === null && used !== null ? <span className="text-muted"> · no limit</span> : null}
          {share !== null && share >= NEAR ? (
            <span className={cn('font-medium', share < 1 ? 'text-status-partial' : 'text-status-failed')}>
              {share < 1 ? ' · almost used up' : ' · used up'}
            </span>
          ) : null}
        </span>
        {share === null ? null : (
          <>
            <meter
              className="sr-only"
              aria-label={field.label}
              aria-valuetext={words.join(' ')}
              min={0}
              max={allowed ?? 0}
              value={Math.min(used ?? 0, allowed ?? 0)}
            />
            <span aria-hidden="true" className="block h-2 overflow-hidden rounded-sm bg-line">
              <span
                className={cn(
                  'block h-full',
                  share < NEAR ? 'bg-accent' : share < 1 ? 'bg-status-partial' : 'bg-status-failed',
                )}
                style={{ width: `${share * 100}%` }}
              />
            </span>
          </>
        )}
      </span>
    </li>
  );
}

/** The limits of the organization; system administrators change them. */
export function LimitsPanel() {
  const query = useLimits();
  const { data: viewer } = useViewer();
  const [editing, setEditing] = useState(false);
  const answer = query.data;
  const edit =
    viewer?.systemAdmin && answer ? (
      <Button size="sm" onClick={() => setEditing(true)}>
        Change limits
      </Button>
    ) : null;
  if (!answer) {
    return (
      <Panel title="Limits" aria-busy={query.isPending}>
        {query.isPending ? (
          <div className="flex flex-col gap-10 py-2">
            {LIMIT_FIELDS.map(({ name }) => (
              <Skeleton key={name} className="w-3/5" />
            ))}
          </div>
        ) : (
          <ErrorState
            title="The limits could not be read"
            detail={describeError(query.error)}
            onRetry={() => void query.refetch()}
            retrying={query.isFetching}
          />
        )}
      </Panel>
    );
  }
  const { jobTypes } = answer.limits;
  return (
    <>
      <Panel title="Limits" flush actions={edit}>
        <ul>
          {LIMIT_FIELDS.map((field) => (
            <LimitRow key={field.name} field={field} answer={answer} />
          ))}
          <li className="grid gap-x-6 gap-y-1 px-3 py-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
            <span className="min-w-0">
              <span className="block font-medium text-sm">Job types</span>
              <span className="block text-muted text-xs">What can be launched</span>
            </span>
            <span className="text-sm [overflow-wrap:anywhere]">{jobTypes === null ? 'all' : jobTypes.join(', ')}</span>
          </li>
        </ul>
      </Panel>
      {viewer && !viewer.systemAdmin ? (
        <p className="text-muted text-xs">Only a system administrator can change limits.</p>
      ) : null}
      <LimitsDialog limits={answer.limits} open={editing} onOpenChange={setEditing} />
    </>
  );
}
