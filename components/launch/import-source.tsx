'use client';

import { FileSpreadsheet, Link2 } from 'lucide-react';
import { type DragEvent, type FormEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatBytes } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Progress } from '@/components/ui/progress';
import { Time } from '@/components/ui/time';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { useImports } from '@/lib/client/queries/imports';
import { chosenFiles, droppedFiles, type Found } from './dropped-files';
import { SeveralFiles } from './several-files';
import type { useBring } from './use-bring';

export const TABLE_FILES = '.csv,.tsv,.json,.jsonl,.ndjson,.xlsx,.txt';

interface ImportSourceProps {
  bring: ReturnType<typeof useBring>;
  /** continues an earlier import */
  onOpen: (importId: string) => void;
  /** creates one item for each file; undefined if the job type takes no files */
  onItems: ((files: readonly Found[]) => void) | undefined;
}

/** Imports the dropped files as a table, including files in folders. */
export async function takeDropped(bring: ImportSourceProps['bring'], data: DataTransfer): Promise<void> {
  try {
    bring.take(await droppedFiles(data));
  } catch {
    // The folder is unreadable (permissions, a removed drive). The user can choose its files instead.
    bring.refuse('The dropped files could not be read. Choose the files instead.');
  }
}

/** Chooses the source of a table: a file or a URL. Several files are either one table, or items. */
export function ImportSource({ bring, onOpen, onItems }: ImportSourceProps) {
  const [over, setOver] = useState(false);
  const [asking, setAsking] = useState(false);
  const [url, setUrl] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const { sending } = bring;

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void takeDropped(bring, event.dataTransfer);
  };
  const fetchUrl = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim()) void bring.bringUrl(url.trim());
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a pointer; the buttons inside do the same
    <div
      data-tablezone=""
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        'grid gap-2 rounded-md border border-dashed px-3 py-3 transition-colors duration-150',
        over ? 'border-accent bg-accent-soft' : 'border-control-line bg-canvas',
      )}
    >
      <div className="flex min-h-8 flex-wrap items-center gap-2">
        <FileSpreadsheet className="size-4 text-muted" aria-hidden="true" />
        {sending ? (
          <>
            <TruncateMiddle text={sending.name} className="min-w-0 flex-1 text-sm" />
            <span role="status" className="text-muted text-xs">
              {formatBytes(sending.sent)} of {formatBytes(sending.total)}
            </span>
            <Button size="sm" variant="ghost" onClick={bring.cancel}>
              Stop
            </Button>
          </>
        ) : (
          <>
            <p className="min-w-0 flex-1 basis-48 text-sm">
              Drop a table here <span className="text-muted text-xs">CSV, TSV, JSON, JSONL or XLSX, to 1 GB</span>
            </p>
            <Button size="sm" busy={bring.busy} onClick={() => input.current?.click()}>
              Choose a file
            </Button>
            <Button size="sm" aria-expanded={asking} onClick={() => setAsking(!asking)}>
              <Link2 /> From a URL
            </Button>
          </>
        )}
        <input
          ref={input}
          type="file"
          multiple
          aria-label="Table to import"
          tabIndex={-1}
          accept={TABLE_FILES}
          className="sr-only"
          onChange={(event) => {
            bring.take(chosenFiles(event.target.files));
            event.target.value = '';
          }}
        />
      </div>
      {bring.held.length > 0 ? (
        <SeveralFiles
          files={bring.held}
          onTable={() => void bring.bringHeld()}
          onItems={
            onItems &&
            (() => {
              onItems(bring.held);
              bring.release();
            })
          }
          onCancel={bring.release}
        />
      ) : null}
      {sending ? (
        <Progress
          size="sm"
          label={`Uploading ${sending.name}`}
          total={Math.max(1, sending.total)}
          parts={[{ value: sending.sent, status: 'completed' }]}
        />
      ) : null}
      {asking && !sending ? (
        <form className="flex gap-2" onSubmit={fetchUrl}>
          <Input
            type="url"
            aria-label="Address of the table"
            placeholder="https://example.com/export.csv"
            value={url}
            autoFocus
            onChange={(event) => setUrl(event.target.value)}
          />
          <Button type="submit" busy={bring.busy} reason={url.trim() ? null : 'Give an address first'}>
            Fetch
          </Button>
        </form>
      ) : null}
      {bring.error ? (
        <p role="alert" className="text-status-failed text-xs [overflow-wrap:anywhere]">
          {bring.error}
        </p>
      ) : null}
      {bring.busy ? null : <Earlier onOpen={onOpen} />}
    </div>
  );
}

const SHOWN = 3;

/** Imports of the organization that were not launched yet. */
function Earlier({ onOpen }: { onOpen: (importId: string) => void }) {
  const { data: imports = [] } = useImports();
  const open = imports.filter((each) => each.status !== 'failed').slice(0, SHOWN);
  if (open.length === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
      Go on with
      {open.map((each) => (
        <Button key={each.id} variant="link" size="sm" className="min-w-0" onClick={() => onOpen(each.id)}>
          <span className="max-w-48 truncate">{each.name}</span>
          <span className="font-normal text-muted">
            <Time at={each.createdAt} />
          </span>
        </Button>
      ))}
    </p>
  );
}
