'use client';

import { FileSpreadsheet, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatBytes, formatCount, formatNumber } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { describeError } from '@/lib/client/api';
import { useDeleteImport, useStopImport } from '@/lib/client/mutations/imports';
import { useJobProgress } from '@/lib/client/queries/jobs';
import type { ImportDto } from '@/lib/contracts/import';
import { ImportCheck } from './import-check';
import { ImportMapping } from './import-mapping';
import { ImportPreview } from './import-preview';
import { ImportReading } from './import-reading';
import { ImportTrial } from './import-trial';
import type { MappingDraft } from './use-mapping-draft';

interface ImportPanelProps {
  found: ImportDto;
  draft: MappingDraft;
  skipBad: boolean;
  onSkipBad: (skip: boolean) => void;
  onGone: () => void;
  noWorkers: boolean;
}

/** An import: how the table is read, what its columns mean, which rows are valid, and the results of a dry run. */
export function ImportPanel({ found, draft, skipBad, onSkipBad, onGone, noWorkers }: ImportPanelProps) {
  const isTable = found.columns.length > 0;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
      <Source found={found} onGone={onGone} />
      {found.files.length > 1 ? <FilesOf found={found} /> : null}
      {found.status === 'reading' ? <Fetching found={found} noWorkers={noWorkers} /> : null}
      {found.status === 'failed' ? (
        <Notice tone="error" title={isTable ? 'The file can’t be read to its end' : 'The file can’t be read'}>
          {found.error?.message}
        </Notice>
      ) : null}
      {found.reading && found.status !== 'reading' ? <ImportReading found={found} /> : null}
      {isTable && found.status !== 'reading' ? (
        <>
          <ImportPreview found={found} />
          <ImportMapping key={`${found.id} ${found.type}`} found={found} draft={draft} />
          <ImportCheck found={found} draft={draft} skipBad={skipBad} onSkipBad={onSkipBad} noWorkers={noWorkers} />
          <ImportTrial found={found} draft={draft} />
        </>
      ) : null}
    </div>
  );
}

function Source({ found, onGone }: { found: ImportDto; onGone: () => void }) {
  const [asking, setAsking] = useState(false);
  const remove = useDeleteImport();
  const discard = () => remove.mutate(found.id, { onSuccess: onGone });
  return (
    <div className="flex items-center gap-2.5 rounded-md border bg-canvas py-1.5 pr-1.5 pl-2.5 text-sm">
      <FileSpreadsheet className="size-4 shrink-0 text-muted" aria-hidden="true" />
      <TruncateMiddle text={found.name} className="min-w-0 flex-1 font-medium" />
      <span className="shrink-0 text-muted text-xs">
        {found.files.length > 0 ? formatBytes(found.files.reduce((sum, file) => sum + file.size, 0)) : ''}
      </span>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={`Discard ${found.name}`}
        busy={remove.isPending}
        onClick={() => (found.status === 'ready' || found.status === 'failed' ? discard() : setAsking(true))}
      >
        <X />
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Discard ${found.name}?`}
        consequence="Its mapping, checked rows and corrections are deleted. Nothing was launched."
        confirm="Discard import"
        keep="Keep it"
        danger
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : null}
        onConfirm={discard}
      />
    </div>
  );
}

/** The files of the import, and their format. */
function FilesOf({ found }: { found: ImportDto }) {
  const { files, content } = found;
  return (
    <details className="text-muted text-xs">
      <summary className="cursor-pointer">
        {content === 'files'
          ? `${formatCount(files.length, 'file')}, each of them a row`
          : `${formatCount(files.length, 'file')}, read one after another as one table`}
      </summary>
      <ol className="mt-1 max-h-40 list-decimal overflow-y-auto pl-8">
        {files.map((file) => (
          <li key={file.fileId} className="[overflow-wrap:anywhere]">
            {file.name} · {formatBytes(file.size)}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Fetching({ found, noWorkers }: { found: ImportDto; noWorkers: boolean }) {
  const stop = useStopImport();
  const fetching = found.files.length === 0;
  return (
    <div className="grid gap-2 rounded-md border p-3 text-sm">
      <div className="flex items-center gap-3">
        <p role="status" className="flex-1">
          {fetching ? 'Fetching' : 'Reading'} {found.jobId ? <Done jobId={found.jobId} bytes={fetching} /> : null}
        </p>
        <Button size="sm" variant="ghost" busy={stop.isPending} onClick={() => stop.mutate(found.id)}>
          Stop
        </Button>
      </div>
      {noWorkers ? (
        <p className="text-status-partial text-xs">No worker is connected. It starts when one connects.</p>
      ) : null}
    </div>
  );
}

/** The worker's progress, from its job. */
function Done({ jobId, bytes }: { jobId: string; bytes: boolean }) {
  const { progress } = useJobProgress(jobId);
  if (!progress || progress.current === 0) return null;
  const { current, total } = progress;
  const of = total > 0 ? ` of ${bytes ? formatBytes(total) : formatNumber(total)}` : '';
  return (
    <span className="text-muted text-xs">
      {bytes ? formatBytes(current) : formatNumber(current)}
      {of} {bytes ? '' : 'rows'}
    </span>
  );
}
