'use client';

import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { OFFLINE_REASON } from '@/components/shared/gating';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { formatCosts, formatCount, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { StatusBadge } from '@/components/ui/status-mark';
import { describeError, isApiError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useStale } from '@/lib/client/live/use-connection';
import { useTryImport } from '@/lib/client/mutations/imports';
import { useBatch } from '@/lib/client/queries/batches';
import { type TrialResult, useTrialResults } from '@/lib/client/queries/imports';
import type { BatchDto } from '@/lib/contracts/batch';
import { cellText } from '@/lib/contracts/cell';
import { isImportBusy } from '@/lib/contracts/choices';
import { costsOf } from '@/lib/contracts/costs';
import type { ImportDto } from '@/lib/contracts/import';
import { unmapped } from './import-check';
import { ImportPart } from './import-part';
import type { MappingDraft } from './use-mapping-draft';

const SIZES = [1, 5, 10, 50];

/** A dry run: runs a few rows before the launch of all rows. */
export function ImportTrial({ found, draft }: { found: ImportDto; draft: MappingDraft }) {
  const [rows, setRows] = useState(5);
  const run = useTryImport();
  const full = isApiError(run.error, 'capacity-reached');
  const reason =
    unmapped(found, draft) ??
    (isImportBusy(found.status) && found.status !== 'checking' ? 'It is being launched' : null);
  const stale = useStale() ? OFFLINE_REASON : null;
  const blocked = stale ?? (found.status === 'checking' ? 'The rows are being checked' : reason);
  const start = (how: 'now' | 'queue') => run.mutate({ id: found.id, rows, start: how });
  return (
    <ImportPart
      title="Dry run"
      aside={
        <>
          <span className="text-muted text-xs">the first good rows, as real jobs; not part of the launch</span>
          <span className="ml-auto flex items-center gap-2">
            <Select
              aria-label="Rows to try"
              value={rows}
              onChange={(event) => setRows(Number(event.target.value))}
              className="w-24"
            >
              {SIZES.map((size) => (
                <option key={size} value={size}>
                  {formatCount(size, 'row')}
                </option>
              ))}
            </Select>
            <Button size="sm" busy={run.isPending} reason={blocked} onClick={() => start('now')}>
              <FlaskConical /> Try {formatCount(rows, 'row')}
            </Button>
          </span>
        </>
      }
    >
      {run.error ? (
        <Notice
          tone={full ? 'warning' : 'error'}
          title={full ? 'At capacity' : 'The dry run did not start'}
          actions={
            full ? (
              <Button size="sm" busy={run.isPending} onClick={() => start('queue')}>
                Queue it instead
              </Button>
            ) : null
          }
        >
          {describeError(run.error)}
        </Notice>
      ) : null}
      {found.trialBatchId ? <Results batchId={found.trialBatchId} launched={found.good} /> : null}
    </ImportPart>
  );
}

/** The live results of the dry run. */
function Results({ batchId, launched }: { batchId: string; launched: number }) {
  const { data: batch } = useBatch(batchId);
  const { data: results = [], isPending, isError, error } = useTrialResults(batchId, batch);
  const places = rowsOf(batch?.metadata);
  if (isPending) return <Skeleton className="h-16 rounded-md" />;
  if (isError) return <p className="text-status-failed text-xs">{describeError(error)}</p>;
  return (
    <section aria-label="Results of the dry run" className="min-w-0 rounded-md border">
      <header className="flex min-h-8 flex-wrap items-center gap-2 border-b bg-canvas px-3 text-xs">
        <Badge tone="accent">dry run</Badge>
        {batch ? <StatusBadge status={batch.status} /> : null}
        {batch ? <Costs batch={batch} launched={launched} /> : null}
        <Link href={links.batch(batchId)} className="ml-auto text-accent hover:underline">
          Open as a batch
        </Link>
      </header>
      <ol className="max-h-72 overflow-y-auto">
        {results.map((row) => (
          <li
            key={row.index}
            className="grid grid-cols-[64px_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 border-b px-3 py-1.5 text-xs last:border-b-0 md:grid-cols-[64px_104px_minmax(0,1fr)]"
          >
            <span className="text-right text-muted tabular-nums">
              row {formatNumber(places[row.index] ?? row.index + 1)}
            </span>
            <StatusBadge status={row.status} />
            <Outcome row={row} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What the dry run cost, and what all rows would cost if they are like these. */
function Costs({ batch, launched }: { batch: BatchDto; launched: number }) {
  const costs = formatCosts(batch.costs);
  const ended = batch.completed + batch.failed;
  if (costs === '' || ended === 0) return null;
  const times = (amount: number | undefined) => ((amount ?? 0) / ended) * launched;
  const whole = formatCosts(costsOf(times(batch.costs.tokens), times(batch.costs.usd)));
  return (
    <span className="text-muted">
      cost {costs}
      {whole ? `; about ${whole} for all ${formatCount(launched, 'row')}` : ''}
    </span>
  );
}

function Outcome({ row }: { row: TrialResult }) {
  if (row.error)
    return <span className="text-status-failed [overflow-wrap:anywhere] max-md:col-span-2">{row.error.message}</span>;
  const [text, input] = [cellText(row.result), cellText(row.input)];
  return (
    <span className="grid min-w-0 grid-cols-[auto_minmax(0,1fr)] gap-x-2 max-md:col-span-2">
      <span className="text-muted">gives</span>
      <span className="truncate font-mono" title={text}>
        {text || '…'}
      </span>
      <span className="text-muted">from</span>
      <span className="truncate font-mono text-muted" title={input}>
        {input}
      </span>
    </span>
  );
}

/** Returns the row number in the file for each item of a dry run. */
function rowsOf(metadata: unknown): number[] {
  const { rows } = (metadata ?? {}) as { rows?: unknown };
  return Array.isArray(rows) ? rows.filter((row) => typeof row === 'number') : [];
}
