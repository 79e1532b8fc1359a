'use client';

import { FileSpreadsheet, X } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { formatBytes, formatCount, formatNumber } from '@/components/ui/format';
import { Textarea } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { InputIssue } from '@/lib/contracts/errors';
import { type DataFile, readDataFile, TEXT_MOST } from './data-file';
import type { Draft, PasteFormat } from './draft';
import type { Items } from './items';
import { RowsPreview } from './rows-preview';
import { lineFieldOf, type SchemaField } from './schema';

const FORMAT: Record<PasteFormat, string> = {
  auto: 'Detect the format',
  json: 'JSON array',
  ndjson: 'JSON, one value a line',
  csv: 'CSV with a header',
  lines: 'Plain lines',
};

interface ItemsPasteProps {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  fields: readonly SchemaField[];
  items: Items;
  issues: readonly InputIssue[];
  dataFile: DataFile | null;
  onDataFile: (file: DataFile | null) => void;
}

/** Items from text: pasted, typed, or read from a file. */
export function ItemsPaste({ draft, change, fields, items, issues, dataFile, onDataFile }: ItemsPasteProps) {
  const [refused, setRefused] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const { parsed } = items;

  const take = async (file: File | undefined) => {
    if (!file) return;
    setRefused(null);
    try {
      if (file.size <= TEXT_MOST) {
        onDataFile(null);
        change({ paste: await file.text(), pasteFormat: 'auto' });
      } else onDataFile(await readDataFile(file));
    } catch (error) {
      setRefused(error instanceof Error ? error.message : 'The file could not be read.');
    }
  };
  const drop = (event: DragEvent) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };
  const textOf = (row: number): string => JSON.stringify(parsed?.items?.[row - 1]) ?? '';
  const format = parsed?.format ?? 'lines';

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {dataFile ? (
        <div className="flex items-center gap-2.5 rounded-md border bg-canvas p-2.5 text-sm">
          <FileSpreadsheet className="size-4 text-muted" aria-hidden="true" />
          <span className="min-w-0 flex-1 truncate">{dataFile.file.name}</span>
          <span className="text-muted text-xs">{formatBytes(dataFile.file.size)}</span>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Take out ${dataFile.file.name}`}
            onClick={() => onDataFile(null)}
          >
            <X />
          </Button>
        </div>
      ) : (
        <Field label="Items" error={refused}>
          {(control) => (
            <Textarea
              {...control}
              value={draft.paste}
              onChange={(event) => change({ paste: event.target.value })}
              onDragOver={(event) => event.preventDefault()}
              onDrop={drop}
              spellCheck={false}
              rows={7}
              placeholder={'A JSON array, JSON lines, CSV with a header, or plain lines: one item each'}
              className="resize-y whitespace-pre font-mono text-xs max-sm:text-lg"
            />
          )}
        </Field>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {dataFile ? null : (
          <>
            <Select
              aria-label="Format"
              value={draft.pasteFormat}
              onChange={(event) => change({ pasteFormat: event.target.value as PasteFormat })}
              className="w-48"
            >
              {Object.entries(FORMAT).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </Select>
            {format === 'lines' && draft.paste.trim() ? (
              <Select
                aria-label="Field that each line becomes"
                value={draft.lineField || lineFieldOf(fields)}
                onChange={(event) => change({ lineField: event.target.value })}
                className="w-44"
              >
                {fields.map(({ name }) => (
                  <option key={name} value={name}>
                    each line is its {name}
                  </option>
                ))}
              </Select>
            ) : null}
          </>
        )}
        <Button size="sm" variant="ghost" onClick={() => input.current?.click()}>
          <FileSpreadsheet /> Read from a file
        </Button>
        <input
          ref={input}
          type="file"
          aria-label="File with items"
          tabIndex={-1}
          accept=".csv,.tsv,.json,.jsonl,.ndjson,.txt"
          className="sr-only"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <p role="status" className="ml-auto text-muted text-xs">
          {items.count > 0 ? `${items.approximate ? 'about ' : ''}${formatCount(items.count, 'item')}` : ''}
          {parsed && parsed.count > 0 && draft.pasteFormat === 'auto'
            ? `, read as ${FORMAT[format].toLowerCase().replace('json', 'JSON').replace('csv', 'CSV')}`
            : ''}
        </p>
      </div>
      {parsed?.header ? (
        <p className="truncate text-muted text-xs">
          Columns: <span className="font-mono text-ink">{parsed.header.join(' · ')}</span>
        </p>
      ) : null}
      {items.count > 0 || issues.length > 0 ? (
        <RowsPreview label="Rows" rows={dataFile?.preview ?? parsed?.preview ?? []} issues={issues} textOf={textOf} />
      ) : null}
      {parsed && parsed.count > parsed.preview.length ? (
        <p className="text-muted text-xs">The first {formatNumber(parsed.preview.length)} rows are shown.</p>
      ) : null}
    </div>
  );
}
