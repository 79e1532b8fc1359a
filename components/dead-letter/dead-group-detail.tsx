'use client';

import type { ReactNode } from 'react';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Skeleton } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import { links } from '@/lib/client/links';
import { useDeadLetters } from '@/lib/client/queries/dead-letters';
import { useJobs } from '@/lib/client/queries/jobs';
import type { DeadGrouping } from '@/lib/contracts/choices';
import type { DeadLetterGroup } from '@/lib/contracts/dead-letter';
import { Share, SINGLE } from './share';

/** Jobs and parts that are shown; the list of jobs has all of them. */
const SHOWN = 5;

interface DeadGroupDetailProps {
  id: string;
  /** finds the jobs of the group */
  query: string;
  /** what the groups are made by: the others are shown */
  by: DeadGrouping;
  count: number;
  /** @param among the jobs of the list that it is in */
  onShowJob: (jobId: string, among?: readonly string[]) => void;
}

/** Where the jobs of a group are, and the newest of them. */
export function DeadGroupDetail({ id, query, by, count, onShowJob }: DeadGroupDetailProps) {
  const jobs = useJobs({ query }, { limit: SHOWN });
  const rows = jobs.data?.pages[0]?.jobs;
  const parts = (['reason', 'batch', 'type'] as const).filter((each) => each !== by);
  return (
    <div id={id} className="grid gap-x-8 gap-y-4 border-t bg-sunken px-4 py-3 lg:grid-cols-3">
      {parts.map((part) => (
        <Parts key={part} by={part} query={query} />
      ))}
      <Column title="Newest jobs">
        {rows ? (
          <ul className="flex flex-col">
            {rows.map((job) => (
              <li key={job.id} data-job={job.id} className="flex min-h-7 items-center gap-3">
                <Link
                  href={links.job(job.id)}
                  className="min-w-0 flex-1 truncate text-sm hover:text-accent hover:underline"
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                    event.preventDefault();
                    onShowJob(
                      job.id,
                      rows.map(({ id }) => id),
                    );
                  }}
                >
                  {job.name || job.id}
                </Link>
                <Time at={job.finishedAt ?? job.createdAt} className="shrink-0 text-muted text-xs" />
              </li>
            ))}
          </ul>
        ) : jobs.isError ? (
          <p className="text-muted text-sm">The jobs could not be read.</p>
        ) : (
          <Lines />
        )}
        <Link href={links.view({ of: 'jobs', query })} className="text-accent text-sm hover:underline">
          Show {count === 1 ? 'it' : `all ${formatNumber(count)}`} in Jobs
        </Link>
      </Column>
    </div>
  );
}

const TITLES: Readonly<Record<DeadGrouping, string>> = { reason: 'Reasons', batch: 'Batches', type: 'Job types' };

/** The group divided in another way. */
function Parts({ by, query }: { by: DeadGrouping; query: string }) {
  const { data, isError } = useDeadLetters(query, by);
  return (
    <Column title={TITLES[by]}>
      {data ? (
        <ul className="flex flex-col">
          {data.groups.slice(0, SHOWN).map((part) => (
            <li key={part.query ?? part.sampleJobId} className="flex min-h-7 items-center gap-3 text-sm">
              <span className="min-w-0 flex-1 truncate">
                <PartName part={part} by={by} />
              </span>
              <span className="shrink-0 tabular-nums">{formatNumber(part.count)}</span>
              <Share part={part.count} total={data.total} />
            </li>
          ))}
          {data.groupCount > SHOWN ? (
            <li className="text-muted text-xs">and {formatCount(data.groupCount - SHOWN, 'more', 'more')}</li>
          ) : null}
        </ul>
      ) : isError ? (
        <p className="text-muted text-sm">They could not be counted.</p>
      ) : (
        <Lines />
      )}
    </Column>
  );
}

function PartName({ part, by }: { part: DeadLetterGroup; by: DeadGrouping }): ReactNode {
  if (by === 'type') return <TypeTitle type={part.type ?? ''} />;
  if (by === 'reason') return <span title={part.reason}>{part.reason}</span>;
  if (!part.batch) return SINGLE;
  return (
    <Link href={links.batch(part.batch.id)} title={part.batch.name} className="hover:text-accent hover:underline">
      {part.batch.name}
    </Link>
  );
}

function Column({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-1">
      <h2 className="text-muted text-xs">{title}</h2>
      {children}
    </section>
  );
}

const Lines = () => (
  <div className="flex flex-col gap-2 py-1">
    <Skeleton className="w-3/4" />
    <Skeleton className="w-1/2" />
  </div>
);
