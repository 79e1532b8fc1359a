'use client';

import { Download } from 'lucide-react';
import { OFFLINE_REASON } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatBytes, formatCount, formatNumber } from '@/components/ui/format';
import { Progress } from '@/components/ui/progress';
import { StatusMark } from '@/components/ui/status-mark';
import { TypeTitle } from '@/components/ui/type-title';
import { apiPath, describeError } from '@/lib/client/api';
import { useStale } from '@/lib/client/live/use-connection';
import { useCheckImport, useStopImport } from '@/lib/client/mutations/imports';
import type { ImportDto } from '@/lib/contracts/import';
import { ImportIssues } from './import-issues';
import { ImportPart } from './import-part';
import type { MappingDraft } from './use-mapping-draft';

interface ImportCheckProps {
  found: ImportDto;
  draft: MappingDraft;
  skipBad: boolean;
  onSkipBad: (skip: boolean) => void;
  noWorkers: boolean;
}

/** Returns why rows can't be checked or tried yet; null if they can. */
export function unmapped(found: ImportDto, draft: MappingDraft): string | null {
  const missing = found.fields.filter((field) => field.required && !draft.mapping[field.path]);
  if (missing.length > 0) return `Say where ${missing.map((field) => field.path).join(', ')} comes from`;
  if (Object.keys(draft.mapping).length === 0) return 'Map at least one field first';
  return draft.pending ? 'Saving the mapping' : null;
}

/** The live validation of every row against the job type, and the choice of what to do with invalid rows. */
export function ImportCheck({ found, draft, skipBad, onSkipBad, noWorkers }: ImportCheckProps) {
  const stale = useStale() ? OFFLINE_REASON : null;
  const check = useCheckImport();
  const stop = useStopImport();
  const { status, rows, good, bad } = found;
  const busy = status === 'checking';
  const known = busy || status === 'checked' || status === 'launching' || status === 'launched';
  const share = found.bytesTotal > 0 ? Math.min(1, found.bytesRead / found.bytesTotal) : 0;
  return (
    <ImportPart
      title="Check"
      aside={
        <>
          {known ? <Counts rows={rows} good={good} bad={bad} busy={busy} /> : null}
          <span className="ml-auto flex gap-2">
            {busy ? (
              <Button size="sm" busy={stop.isPending} onClick={() => stop.mutate(found.id)}>
                Stop
              </Button>
            ) : (
              <Button
                size="sm"
                variant={known ? 'secondary' : 'primary'}
                busy={check.isPending}
                reason={stale ?? (status === 'launching' ? 'It is being launched' : unmapped(found, draft))}
                onClick={() => check.mutate(found.id)}
              >
                {known ? 'Check again' : 'Check every row'}
              </Button>
            )}
          </span>
        </>
      }
    >
      {busy ? (
        <div className="grid gap-1">
          <Progress
            size="sm"
            label="Checking rows"
            total={1000}
            parts={[{ value: Math.min(999, Math.round(share * 1000)), status: 'completed' }]}
          />
          <p className="text-muted text-xs">
            {noWorkers
              ? 'No worker is connected. It starts when one connects.'
              : `${formatBytes(found.bytesRead)} of ${formatBytes(found.bytesTotal)} read. It continues when this page is closed.`}
          </p>
        </div>
      ) : null}
      {!known && status !== 'failed' ? (
        <p className="text-muted text-xs">
          Nothing is launched by this: every row is read and held against what <TypeTitle type={found.type} /> needs.
        </p>
      ) : null}
      {[check.error, stop.error].map((error) =>
        error ? (
          <p key={error.message} role="alert" className="text-status-failed text-xs">
            {describeError(error)}
          </p>
        ) : null,
      )}
      {known && bad > 0 ? (
        <>
          {busy ? null : <Choice found={found} skipBad={skipBad} onSkipBad={onSkipBad} />}
          <ImportIssues found={found} />
        </>
      ) : null}
    </ImportPart>
  );
}

function Counts({ rows, good, bad, busy }: { rows: number; good: number; bad: number; busy: boolean }) {
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs" data-counts="">
      <span className="text-muted">
        {formatCount(rows, 'row')}
        {busy ? ' so far' : ''}
      </span>
      <span className="flex items-center gap-1">
        <StatusMark status="completed" className="size-3" /> {formatNumber(good)} valid
      </span>
      <span className={cn('flex items-center gap-1', bad > 0 && 'text-status-failed')}>
        <StatusMark status={bad > 0 ? 'failed' : 'pending'} className="size-3" /> {formatNumber(bad)}{' '}
        {bad === 1 ? 'does not' : 'do not'}
      </span>
    </p>
  );
}

function Choice({ found, skipBad, onSkipBad }: Pick<ImportCheckProps, 'found' | 'skipBad' | 'onSkipBad'>) {
  const { bad, good } = found;
  const options = [
    { value: false, title: 'Fix first', hint: 'correct cells below, or in the file' },
    {
      value: true,
      title: `Skip ${formatCount(bad, 'bad row')}`,
      hint: good > 0 ? `launches the other ${formatNumber(good)}` : 'nothing would be left',
    },
  ];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <fieldset className="flex min-w-0 flex-wrap gap-2">
        <legend className="sr-only">What to do about invalid rows</legend>
        {options.map(({ value, title, hint }) => (
          <label
            key={title}
            className={cn(
              'cursor-pointer rounded-md border px-3 py-1.5 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2',
              skipBad === value ? 'border-accent bg-selected' : 'hover:border-control-line hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name="bad-rows"
              checked={skipBad === value}
              onChange={() => onSkipBad(value)}
              aria-label={title}
              className="sr-only"
            />
            <span className="block font-medium text-sm">{title}</span>
            <span className="block text-muted text-xs">{hint}</span>
          </label>
        ))}
      </fieldset>
      <Button size="sm" variant="ghost" asChild className="ml-auto">
        <a href={apiPath(`/imports/${encodeURIComponent(found.id)}/issues`, { format: 'csv' })} download>
          <Download /> Download the bad rows
        </a>
      </Button>
    </div>
  );
}
