'use client';

import { FileUp, Plus } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { formatBytes, formatCount } from '@/components/ui/format';
import { Textarea } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { ApiError, describeError } from '@/lib/client/api';
import { useAddItems } from '@/lib/client/mutations/batch-items';
import type { BatchDto } from '@/lib/contracts/batch';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { IssueList } from './issue-list';

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Adds pasted or dropped items to a batch that is not sealed. The server accepts all of them or none. */
export function AddItemsDialog({ batch, onClose }: { batch: BatchDto; onClose: () => void }) {
  const notify = useToast();
  const add = useAddItems();
  const picker = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState(newKey);
  const read = file ? bodyOfFile(file) : bodyOfText(text);
  const choose = (next: File | null): void => {
    add.reset();
    setKey(newKey());
    setFile(next);
  };
  const drop = (event: DragEvent): void => {
    const dropped = event.dataTransfer.files[0];
    if (!dropped) return;
    event.preventDefault();
    choose(dropped);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title="Add items"
        description={`They are added to the end of ${batch.name} and start in order.`}
        footer={
          <>
            <DialogClose asChild>
              <Button>Not now</Button>
            </DialogClose>
            <Button
              variant="primary"
              busy={add.isPending}
              reason={'reason' in read ? read.reason : null}
              onClick={() => {
                if ('reason' in read) return;
                add.mutate(
                  { batchId: batch.id, ...read, idempotencyKey: key },
                  {
                    onSuccess: ({ added }) => {
                      notify({ tone: 'success', title: `${formatCount(added, 'item')} added` });
                      onClose();
                    },
                  },
                );
              }}
            >
              <Plus /> Add items
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          {file ? (
            <p className="flex items-center gap-2 text-sm">
              <FileUp className="size-4 text-muted" aria-hidden="true" />
              <span className="min-w-0 truncate font-mono text-xs">{file.name}</span>
              <span className="text-muted text-xs">{formatBytes(file.size)}</span>
              <Button size="sm" variant="ghost" className="ml-auto" onClick={() => choose(null)}>
                Paste instead
              </Button>
            </p>
          ) : (
            <Field label="Items" note="or drop a file" hint={'reason' in read ? undefined : read.seen}>
              {(control) => (
                <Textarea
                  {...control}
                  value={text}
                  rows={8}
                  spellCheck={false}
                  className="resize-y whitespace-pre font-mono text-xs max-sm:text-lg"
                  placeholder="A JSON array, JSON lines, or CSV with a header whose columns are the fields"
                  onDragOver={(event) => event.preventDefault()}
                  onDrop={drop}
                  onChange={(event) => {
                    add.reset();
                    setKey(newKey());
                    setText(event.target.value);
                  }}
                />
              )}
            </Field>
          )}
          <div>
            <Button size="sm" onClick={() => picker.current?.click()}>
              <FileUp /> Choose a file
            </Button>
            <input
              ref={picker}
              type="file"
              accept=".csv,.jsonl,.ndjson"
              aria-label="File with items"
              className="sr-only"
              tabIndex={-1}
              onChange={(event) => choose(event.target.files?.[0] ?? null)}
            />
          </div>
          {add.error ? (
            <>
              <Notice tone="error" title="Nothing was added">
                {describeError(add.error)}
              </Notice>
              {add.error instanceof ApiError ? <IssueList issues={add.error.errors} of="Row" /> : null}
            </>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}

type ContentType = 'application/json' | 'application/x-ndjson' | 'text/csv';

/** A request body with items, or the reason why the items can't be sent. */
type Body = { body: Blob | string; contentType: ContentType; seen: string } | { reason: string };

/** Creates the body for pasted text: a JSON array, JSON lines, or CSV with a header. */
function bodyOfText(text: string): Body {
  const start = text.trimStart();
  if (start === '') return { reason: 'Paste items, or choose a file' };
  if (start.startsWith('[')) return ofArray(text);
  if (/^[{"]/.test(start)) return { body: text, contentType: 'application/x-ndjson', seen: 'JSON, one item a line' };
  const header = start.split(/\r?\n/, 1)[0] ?? '';
  if (!start.trimEnd().includes('\n')) return { reason: 'CSV needs a header line and at least one row' };
  return { body: text, contentType: 'text/csv', seen: `CSV with the columns ${header.slice(0, 120)}` };
}

function ofArray(text: string): Body {
  try {
    const items: unknown = parseJson(text);
    if (!Array.isArray(items) || items.length === 0) return { reason: 'The JSON array is empty' };
    return {
      body: stringifyJson({ items }),
      contentType: 'application/json',
      seen: `JSON array with ${items.length.toLocaleString('en-US')} ${items.length === 1 ? 'item' : 'items'}`,
    };
  } catch (error) {
    return { reason: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const FILES: Readonly<Record<string, ContentType>> = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
};

/** Creates the body for a file. The file is sent unchanged; the server validates it row by row. */
function bodyOfFile(file: File): Body {
  const extension = file.name.toLowerCase().split('.').at(-1) ?? '';
  const contentType = FILES[extension];
  if (!contentType) return { reason: 'Choose a CSV or JSONL file' };
  return file.size === 0 ? { reason: 'The file is empty' } : { body: file, contentType, seen: extension.toUpperCase() };
}
