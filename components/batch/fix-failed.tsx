'use client';

import { ChevronDown, Download, PencilLine, Upload } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import type { Gate } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from '@/components/ui/dropdown-menu';
import { onDemand } from '@/components/ui/on-demand';
import { CORRECTION_FILES } from '@/lib/client/mutations/batch-items';
import { useBatchTable } from '@/lib/client/queries/batches';
import type { BatchDto } from '@/lib/contracts/batch';
import { ErrorsItems } from './errors-items';

const EditDialog = onDemand(() => import('./edit-dialog').then((module) => module.EditDialog));
const CorrectionsDialog = onDemand(() => import('./corrections-dialog').then((module) => module.CorrectionsDialog));

/** Ways to correct failed items: download and upload the errors file, or edit all of them with an expression. */
export function FixFailed({ batch, gate }: { batch: BatchDto; gate: Gate }) {
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [editing, setEditing] = useState(false);
  const [over, setOver] = useState(false);
  const { table } = useBatchTable(batch);
  const takes = gate.shown && gate.reason === null;
  const drop = (event: DragEvent): void => {
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (!dropped) return;
    event.preventDefault();
    if (takes) setFile(dropped);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is optional; the button beside it does the same
    <div
      className={cn(
        'flex flex-wrap items-center gap-x-3 gap-y-2 border-t px-3 py-2 text-sm',
        over && takes && 'bg-selected outline-2 outline-accent outline-dashed -outline-offset-4',
      )}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p className="min-w-52 flex-1 text-muted text-xs">
        {gate.shown
          ? `Download the errors file${table ? `, with the columns of ${table.name}` : ''}, correct its rows and drop it here. Only those items run again.`
          : 'Download the failed items with their reasons.'}
      </p>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button size="sm">
            <Download /> Errors file <ChevronDown />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          <ErrorsItems batch={batch} />
        </DropdownMenuContent>
      </DropdownMenu>
      {gate.shown ? (
        <>
          <Button size="sm" reason={gate.reason} onClick={() => picker.current?.click()}>
            <Upload /> Upload corrected file
          </Button>
          <Button size="sm" reason={gate.reason} onClick={() => setEditing(true)}>
            <PencilLine /> Edit all
          </Button>
          <input
            ref={picker}
            type="file"
            accept={CORRECTION_FILES}
            aria-label="Corrected errors file"
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null);
              // Without this, choosing the same file again would fire no change event.
              event.target.value = '';
            }}
          />
        </>
      ) : (
        <RoleNote reason={gate.reason} />
      )}
      {file ? <CorrectionsDialog batch={batch} file={file} onFile={setFile} onClose={() => setFile(null)} /> : null}
      {editing ? <EditDialog batch={batch} onClose={() => setEditing(false)} /> : null}
    </div>
  );
}
