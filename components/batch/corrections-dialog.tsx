'use client';

import { FileSpreadsheet, RotateCcw } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { formatBytes, formatCount, formatNumber, sayRunAgain } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { useToast } from '@/components/ui/toast';
import { ApiError, describeError } from '@/lib/client/api';
import { CORRECTION_FILES, correctionType, useCorrections } from '@/lib/client/mutations/batch-items';
import { useBatchTable } from '@/lib/client/queries/batches';
import type { BatchDto } from '@/lib/contracts/batch';
import { IssueList } from './issue-list';

interface CorrectionsDialogProps {
  batch: BatchDto;
  file: File;
  onFile: (file: File) => void;
  onClose: () => void;
}

/** Checks a corrected errors file, shows its effect, and applies it after confirmation. */
export function CorrectionsDialog({ batch, file, onFile, onClose }: CorrectionsDialogProps) {
  const notify = useToast();
  const { table } = useBatchTable(batch);
  const picker = useRef<HTMLInputElement>(null);
  const check = useCorrections(batch.id);
  const send = useCorrections(batch.id);
  const readable = correctionType(file.name) !== undefined;
  const { mutate: runCheck } = check;
  useEffect(() => {
    if (readable) runCheck({ file, dry: true });
  }, [file, readable, runCheck]);
  const refused = send.error ?? check.error;
  const found = check.data;
  const rest = found ? Math.max(0, batch.failed - found.retried) : 0;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title="Upload the corrected errors file"
        description="Every row is checked before anything changes."
        footer={
          <>
            <DialogClose asChild>
              <Button>Not now</Button>
            </DialogClose>
            <Button onClick={() => picker.current?.click()}>Choose another file</Button>
            <Button
              variant="primary"
              busy={send.isPending}
              reason={
                found && !refused ? null : check.isPending ? 'The rows are being checked' : 'The file has mistakes'
              }
              onClick={() =>
                send.mutate(
                  { file, dry: false },
                  {
                    onSuccess: ({ retried }) => {
                      notify({ tone: 'success', title: sayRunAgain(retried, 'corrected item') });
                      onClose();
                    },
                  },
                )
              }
            >
              <RotateCcw /> {found ? `Retry ${formatCount(found.retried, 'item')}` : 'Retry'}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <p className="flex min-w-0 items-center gap-2 text-sm">
            <FileSpreadsheet className="size-4 shrink-0 text-muted" aria-hidden="true" />
            <span className="min-w-0 truncate font-mono text-xs" title={file.name}>
              {file.name}
            </span>
            <span className="text-muted text-xs">{formatBytes(file.size)}</span>
          </p>
          {readable ? null : (
            <Notice tone="error" title="This is not an errors file">
              Choose a CSV, XLSX or JSONL file in the format of the errors file.
            </Notice>
          )}
          {check.isPending ? <Skeleton className="h-14 w-full" /> : null}
          {found && !refused ? (
            <Notice
              tone="success"
              title={`${formatCount(found.retried, 'row')} ${found.retried === 1 ? 'is' : 'are'} valid`}
            >
              {found.changed === found.retried
                ? `${found.retried === 1 ? 'It was' : 'All of them were'} changed.`
                : `${formatNumber(found.changed)} changed, ${formatNumber(found.retried - found.changed)} as before.`}{' '}
              {found.retried === 1 ? 'It runs' : 'They run'} again in this batch;{' '}
              {rest > 0 ? `the other ${formatCount(rest, 'failed item')} and everything else stay` : 'all else stays'}{' '}
              as {rest > 0 ? 'they are' : 'it is'}.
              {table ? ` Changed cells of ${table.name} are mapped as at its launch.` : null}
            </Notice>
          ) : null}
          {refused ? (
            <>
              <Notice tone="error" title="The file was refused">
                {describeError(refused)}
              </Notice>
              {refused instanceof ApiError ? <IssueList issues={refused.errors} of="Row of the file" /> : null}
            </>
          ) : null}
          <input
            ref={picker}
            type="file"
            accept={CORRECTION_FILES}
            aria-label="Another corrected file"
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              const next = event.target.files?.[0];
              if (!next) return;
              send.reset();
              check.reset();
              onFile(next);
            }}
          />
        </div>
      </DialogContent>
    </Dialog>
  );
}
