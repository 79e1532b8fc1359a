'use client';

import { Columns3, FileUp } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatBytes, formatCount } from '@/components/ui/format';
import { onDemand } from '@/components/ui/on-demand';
import type { SchemaField } from '@/components/ui/schema-fields';
import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import type { InputIssue } from '@/lib/contracts/errors';
import type { Draft } from './draft';
import { chosenFiles, droppedFiles } from './dropped-files';
import { FileFields } from './file-fields';
import { fieldsBesideFile, mappingOfFiles } from './items-of-files';
import type { Upload, Uploads } from './uploads';
import type { useBring } from './use-bring';

const FileList = onDemand(() => import('./file-list').then((module) => module.FileList));

interface ItemsFilesProps {
  uploads: Uploads;
  list: readonly Upload[];
  issues: readonly InputIssue[];
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  fields: readonly SchemaField[];
  fieldIssues: Readonly<Record<string, string>>;
  bring: ReturnType<typeof useBring>;
}

/** Creates items from files that the user drops or chooses, including folders. */
export function ItemsFiles(props: ItemsFilesProps) {
  const { uploads, list, issues, draft, fields, bring } = props;
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    try {
      const found = await droppedFiles(event.dataTransfer);
      setRefused(found.length === 0 ? 'The drop contained no file.' : null);
      uploads.add(found);
    } catch {
      // The folder is unreadable (permissions, a removed drive). The user can choose its files instead.
      setRefused('The dropped files could not be read. Choose the files instead.');
    }
  };
  const choose = (input: HTMLInputElement) => {
    uploads.add(chosenFiles(input.files));
    input.value = '';
  };

  const bytes = list.reduce((sum, u) => sum + u.size, 0);
  const sent = list.reduce((sum, u) => sum + (u.state === 'done' ? u.size : u.sent), 0);
  const failed = list.filter((u) => u.state === 'failed').length;
  const open = list.some((u) => u.state === 'waiting' || u.state === 'uploading');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a pointer; the buttons do the same */}
      <div
        data-dropzone=""
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn(
          'flex flex-col items-center gap-2 rounded-md border border-dashed px-4 text-center transition-colors duration-150',
          list.length > 0 ? 'py-4' : 'py-10',
          over ? 'border-accent bg-accent-soft' : 'border-control-line bg-canvas',
        )}
      >
        <FileUp className="size-5 text-muted" aria-hidden="true" />
        <p className="text-sm">Drop files or folders here</p>
        <p className="flex gap-2">
          <Button size="sm" onClick={() => files.current?.click()}>
            Choose files
          </Button>
          <Button size="sm" onClick={() => folder.current?.click()} className="max-sm:hidden">
            Choose a folder
          </Button>
        </p>
        <input
          ref={files}
          type="file"
          multiple
          aria-label="Files to process"
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => choose(event.target)}
        />
        <input
          ref={folder}
          type="file"
          aria-label="Folder to process"
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => choose(event.target)}
          {...{ webkitdirectory: '' }}
        />
      </div>
      {refused ? (
        <p role="alert" className="text-status-failed text-xs">
          {refused}
        </p>
      ) : null}
      {list.length > 0 ? (
        <>
          <div className="flex min-h-7 flex-wrap items-center gap-2 text-muted text-xs">
            <p role="status" className="flex-1">
              {formatCount(list.length, 'file')} ·{' '}
              {open ? `${formatBytes(sent)} of ${formatBytes(bytes)} uploaded` : formatBytes(bytes)}
              {failed > 0 ? <span className="text-status-failed"> · {failed} failed</span> : null}
            </p>
            {failed > 1 ? (
              <Button variant="ghost" size="sm" onClick={() => uploads.retry()}>
                Try {failed} again
              </Button>
            ) : null}
            <Button
              variant="ghost"
              size="sm"
              busy={bring.busy}
              reason={whyNotMapped(list)}
              onClick={() =>
                void bring.bringStored(
                  list.flatMap((upload) => upload.fileId ?? []),
                  mappingOfFiles(draft, fields),
                )
              }
            >
              <Columns3 /> Map and check
            </Button>
            <Button variant="ghost" size="sm" onClick={() => uploads.clear()}>
              Remove all
            </Button>
          </div>
          <FileList list={list} uploads={uploads} issues={issues} />
        </>
      ) : null}
      {bring.error ? (
        <p role="alert" className="text-status-failed text-xs [overflow-wrap:anywhere]">
          {bring.error}
        </p>
      ) : null}
      <FileFields draft={draft} change={props.change} fields={fieldsBesideFile(fields)} issues={props.fieldIssues} />
    </div>
  );
}

function whyNotMapped(list: readonly Upload[]): string | null {
  if (list.some((upload) => upload.fileId === null)) return 'Every file must be uploaded first';
  if (list.length > IMPORT_LIMITS.files) return `At most ${formatCount(IMPORT_LIMITS.files, 'file')} can be mapped`;
  return null;
}
