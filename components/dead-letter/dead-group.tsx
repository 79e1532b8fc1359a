'use client';

import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { StatusMark } from '@/components/ui/status-mark';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import { links } from '@/lib/client/links';
import type { BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { DeadGrouping } from '@/lib/contracts/choices';
import type { DeadLetterGroup } from '@/lib/contracts/dead-letter';
import { DeadActions, type DeadGates } from './dead-actions';
import { DeadGroupDetail } from './dead-group-detail';
import { Share, SINGLE } from './share';

interface DeadGroupProps {
  group: DeadLetterGroup;
  by: DeadGrouping;
  /** dead letters of all groups */
  total: number;
  open: boolean;
  onOpen: (open: boolean) => void;
  gates: DeadGates;
  onAct: (action: BulkActionVerb) => void;
  /** @param among the jobs of the list that it is in */
  onShowJob: (jobId: string, among?: readonly string[]) => void;
}

/** A group of dead letters: how many, since when, an example, and what can be done; opened, where they are and the newest of them. */
export function DeadGroup({ group, by, total, open, onOpen, gates, onAct, onShowJob }: DeadGroupProps) {
  const id = useId();
  const { count, query, sampleJobId, oldestAt, newestAt } = group;
  const name = nameOf(group, by);
  return (
    <li className="border-b last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-2">
        <span className="flex min-w-0 flex-[1_1_24rem] items-start gap-2">
          {query === null ? (
            <span className="size-7 shrink-0" />
          ) : (
            <Button
              variant="ghost"
              size="icon-sm"
              className="-ml-1"
              aria-expanded={open}
              aria-controls={open ? id : undefined}
              aria-label={`Details of ${formatCount(count, 'job')}: ${name}`}
              onClick={() => onOpen(!open)}
            >
              <ChevronRight className={cn('transition-transform duration-150', open && 'rotate-90')} />
            </Button>
          )}
          <span className="flex min-w-16 shrink-0 items-center gap-1.5 pt-1 font-medium tabular-nums">
            <StatusMark status="failed" /> {formatNumber(count)}
          </span>
          <span className="min-w-0 flex-1 pt-1 [overflow-wrap:anywhere]">
            <Title group={group} by={by} />
          </span>
        </span>
        <Share part={count} total={total} />
        <span className="flex min-w-40 flex-col text-muted text-xs max-sm:min-w-0 max-sm:flex-1 max-sm:flex-row max-sm:flex-wrap max-sm:gap-x-3">
          {count === 1 ? null : <Time at={oldestAt} prefix="oldest" />}
          <Time at={newestAt} prefix={count === 1 ? 'failed' : 'newest'} />
        </span>
        <span className="ml-auto flex items-center justify-end gap-2 lg:min-w-56">
          <Button variant="link" size="sm" aria-label={`Sample of ${name}`} onClick={() => onShowJob(sampleJobId)}>
            sample
          </Button>
          {query === null ? null : <DeadActions of={{ group: name }} count={count} gates={gates} onAct={onAct} />}
        </span>
      </div>
      {open && query !== null ? (
        <DeadGroupDetail id={id} query={query} by={by} count={count} onShowJob={onShowJob} />
      ) : null}
    </li>
  );
}

/** What a group is called in labels. */
const nameOf = ({ reason, type, batch }: DeadLetterGroup, by: DeadGrouping): string =>
  by === 'type' ? (type ?? '') : by === 'batch' ? (batch?.name ?? SINGLE) : reason;

function Title({ group: { reason, code, type, batch }, by }: { group: DeadLetterGroup; by: DeadGrouping }): ReactNode {
  if (by === 'reason') {
    return (
      <>
        <span className="line-clamp-2" title={reason}>
          {reason}
        </span>
        {code ? <code className="font-mono text-2xs text-muted">{code}</code> : null}
      </>
    );
  }
  return (
    <>
      <span className="block font-medium">
        {by === 'type' ? (
          <TypeTitle type={type ?? ''} />
        ) : batch ? (
          <Link href={links.batch(batch.id)} className="hover:text-accent hover:underline">
            {batch.name}
          </Link>
        ) : (
          SINGLE
        )}
      </span>
      <span className="line-clamp-1 text-muted text-xs" title={reason}>
        {reason}
      </span>
    </>
  );
}
