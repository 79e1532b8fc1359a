'use client';

import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { EditedRows } from '@/components/shared/edited-rows';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatCosts, formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { StatusBadge, StatusMark } from '@/components/ui/status-mark';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { TypeTitle } from '@/components/ui/type-title';
import { links } from '@/lib/client/links';
import type { BulkActionEstimate, BulkActionOf, ReasonCount } from '@/lib/contracts/bulk-action';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { ACTION_WORDS, countOf, effectOf, placesOf } from './action-words';

/** Batches that are listed before the rest is a number. */
const SHOWN_BATCHES = 5;

const STATUSES = [...JOB_STATUSES, 'in-progress', 'partial'] as const;

interface EstimateViewProps {
  estimate: BulkActionEstimate;
  /** the fields that an edit changes */
  edited: readonly string[];
  search: Search;
}

/** A search of many jobs, which shows what it has found so far. */
interface Search {
  searching: boolean;
  stopSearching: () => void;
  goOn: () => void;
}

/** What a bulk action would do: how many jobs of which states and batches, samples, what is skipped and why. */
export function EstimateView({ estimate, edited, search }: EstimateViewProps) {
  const { action, of, matched, changes, willSkip, missing, searched, runsAgain, samples } = estimate;
  const { verb } = ACTION_WORDS[action];
  const skipped = matched - changes;
  const places = placesOf(estimate);
  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="font-semibold text-base">
          {changes === 0
            ? matched === 0
              ? 'Nothing matches'
              : `None of ${countOf(of, matched)} can be changed so`
            : `${verb} ${skipped > 0 ? `${formatNumber(changes)} of ` : ''}${countOf(of, matched)}${places ? ` ${places}` : ''}`}
        </p>
        <p className="text-muted text-sm">
          {changes > 0 ? effectOf(action, of) : null} {skipped > 0 ? `${countOf(of, skipped)} will be skipped.` : null}
        </p>
      </div>
      <Statuses estimate={estimate} />
      <Reasons title="Skipped" of={of} reasons={willSkip} className="rounded-md border bg-sunken" />
      {searched && !searched.all ? <SearchedPart rows={searched.rows} search={search} /> : null}
      {missing > 0 ? (
        <Notice tone="warning">
          {countOf(of, missing)} of the selection {missing === 1 ? 'is' : 'are'} gone.
        </Notice>
      ) : null}
      {runsAgain.map((each) => (
        <RunsAgain key={each.type} {...each} />
      ))}
      {estimate.preview.length > 0 ? <EditedRows rows={estimate.preview} fields={edited} /> : null}
      <Batches places={estimate} />
      {of === 'jobs' && samples.length > 0 && estimate.preview.length === 0 ? (
        <Folded
          title={
            samples.length < matched
              ? `Samples: ${formatNumber(samples.length)} of ${formatNumber(matched)}`
              : 'The jobs'
          }
        >
          <ul className="flex flex-col">
            {samples.map((job) => (
              <li
                key={job.id}
                className="flex min-h-8 min-w-0 items-center gap-2 border-b py-1 text-sm last:border-b-0"
              >
                <StatusMark status={job.status} label={job.status} still />
                <a href={links.job(job.id)} target="_blank" rel="noreferrer" className="min-w-0 flex-1 hover:underline">
                  <TruncateMiddle text={job.name || job.id} least={28} />
                </a>
                <span className="min-w-0 flex-1 truncate text-muted text-xs">
                  {job.error ? job.error.message : <TypeTitle type={job.type} />}
                </span>
              </li>
            ))}
          </ul>
        </Folded>
      ) : null}
    </div>
  );
}

/** What it means that jobs of a type run again: what happens outside, and what they took and cost until now. */
function RunsAgain({ title, count, lastMs, costs, note }: BulkActionEstimate['runsAgain'][number]) {
  const jobs = `${formatCount(count, 'job')} of ${title}`;
  const cost = formatCosts(costs);
  const known = [
    lastMs ? `The last runs took ${formatDuration(lastMs)} together.` : '',
    cost ? `Until now the jobs cost ${cost}.` : '',
  ];
  const facts = known.filter(Boolean).join(' ');
  if (note) {
    return (
      <Notice tone="warning" title={jobs}>
        {note} {facts}
      </Notice>
    );
  }
  return facts ? (
    <p className="text-muted text-xs">
      {jobs}: {facts}
    </p>
  ) : null;
}

function SearchedPart({ rows, search: { searching, stopSearching, goOn } }: { rows: number; search: Search }) {
  return (
    <Notice
      tone={searching ? 'info' : 'warning'}
      title={`The newest ${formatNumber(rows)} jobs were searched`}
      actions={
        <Button size="sm" onClick={searching ? stopSearching : goOn}>
          {searching ? 'Stop searching' : 'Search on'}
        </Button>
      }
    >
      {searching ? 'The search goes on with older jobs.' : 'Older jobs are not chosen.'} A status, a job type or a time
      in the query makes it faster.
    </Notice>
  );
}

function Statuses({ estimate: { byStatus } }: { estimate: Pick<BulkActionEstimate, 'byStatus'> }) {
  const present = STATUSES.filter((status) => (byStatus[status] ?? 0) > 0);
  if (present.length === 0) return null;
  return (
    <ul aria-label="States" className="flex flex-wrap gap-x-4 gap-y-1">
      {present.map((status) => (
        <li key={status}>
          <StatusBadge status={status} word={`${formatNumber(byStatus[status] ?? 0)} ${status}`} />
        </li>
      ))}
    </ul>
  );
}

interface ReasonsProps {
  title: string;
  of: BulkActionOf;
  reasons: readonly ReasonCount[];
  className?: string;
}

/** Why jobs are not changed, with a link to one of each. */
export function Reasons({ title, of, reasons, className }: ReasonsProps) {
  if (reasons.length === 0) return null;
  return (
    <ul aria-label={title} className={cn('text-sm', className)}>
      {reasons.map(({ code, reason, count, sampleJobId }) => (
        <li key={code} className="flex items-baseline gap-3 border-b px-3 py-1.5 last:border-b-0">
          <span className="shrink-0 text-right font-medium tabular-nums">{formatNumber(count)}</span>
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{reason}</span>
          <Link href={linkOf(of, sampleJobId)} className="shrink-0 text-accent text-xs hover:underline">
            one of them
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** The page of a job, a batch or a flow. */
export const linkOf = (of: BulkActionOf, id: string): string =>
  of === 'batches' ? links.batch(id) : of === 'flows' ? links.flow(id) : links.job(id);

/** The batches of the chosen jobs, the largest part first. */
export function Batches({ places }: { places: Pick<BulkActionEstimate, 'of' | 'batches' | 'moreBatches'> }) {
  const { of, batches, moreBatches } = places;
  if (batches.length === 0) return null;
  const rest = batches.length - SHOWN_BATCHES + moreBatches;
  return (
    <Folded title="Batches">
      <ul>
        {batches.slice(0, SHOWN_BATCHES).map(({ id, name, count }) => (
          <li key={id} className="flex min-h-8 items-center gap-2 border-b py-1 text-sm last:border-b-0">
            <Link href={links.batch(id)} className="min-w-0 flex-1 hover:text-accent hover:underline">
              <TruncateMiddle text={name} least={28} />
            </Link>
            {of === 'jobs' ? (
              <span className="shrink-0 text-muted tabular-nums">{formatCount(count, 'job')}</span>
            ) : null}
          </li>
        ))}
        {rest > 0 ? <li className="py-1 text-muted text-xs">and {formatCount(rest, 'more', 'more')}</li> : null}
      </ul>
    </Folded>
  );
}

function Folded({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details open className="group min-w-0">
      <summary className="flex cursor-pointer list-none items-center gap-1 text-muted text-xs">
        <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden="true" /> {title}
      </summary>
      <div className="min-w-0 pl-4.5">{children}</div>
    </details>
  );
}
