'use client';

import { Columns3 } from 'lucide-react';
import type { DragEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Textarea } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { onDemand } from '@/components/ui/on-demand';
import { lineFieldOf, type SchemaField } from '@/components/ui/schema-fields';
import { Select } from '@/components/ui/select';
import type { InputIssue } from '@/lib/contracts/errors';
import { stringifyJson } from '@/lib/contracts/json';
import type { Draft, PasteFormat } from './draft';
import type { Found } from './dropped-files';
import { ImportSource, takeDropped } from './import-source';
import { type Items, unknownColumns } from './items';
import type { useBring } from './use-bring';

const RowsPreview = onDemand(() => import('./rows-preview').then((module) => module.RowsPreview));

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
  bring: ReturnType<typeof useBring>;
  /** continues an earlier import */
  onOpen: (importId: string) => void;
  /** creates one item for each file; undefined if the job type takes no files */
  onItems: ((files: readonly Found[]) => void) | undefined;
}

/** Items from an imported table or from pasted text. Rows whose columns are the type's fields need no mapping. */
export function ItemsPaste({ draft, change, fields, items, issues, bring, onOpen, onItems }: ItemsPasteProps) {
  const { parsed } = items;
  const drop = (event: DragEvent) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    void takeDropped(bring, event.dataTransfer);
  };
  const textOf = (row: number): string => stringifyJson(parsed?.items?.[row - 1]) ?? '';
  const format = parsed?.format ?? 'lines';
  const unknown = unknownColumns(parsed, fields);
  const hasText = draft.paste.trim() !== '';

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <ImportSource bring={bring} onOpen={onOpen} onItems={onItems} />
      <Field label="Items" note="or paste them">
        {(control) => (
          <Textarea
            {...control}
            aria-label="Items"
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
      <div className="flex flex-wrap items-center gap-2">
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
        {format === 'lines' && hasText ? (
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
        {hasText && unknown.length === 0 ? (
          <Button size="sm" variant="ghost" busy={bring.busy} onClick={() => void bring.bringText(draft.paste)}>
            <Columns3 /> Map and check
          </Button>
        ) : null}
        <p role="status" className="ml-auto text-muted text-xs">
          {items.count > 0 ? formatCount(items.count, 'item') : ''}
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
      {unknown.length > 0 ? (
        <Notice
          actions={
            <Button size="sm" variant="primary" busy={bring.busy} onClick={() => void bring.bringText(draft.paste)}>
              <Columns3 /> Map {formatCount(parsed?.header?.length ?? 0, 'column')}
            </Button>
          }
        >
          {unknown.length === 1 ? 'The column ' : 'The columns '}
          <span className="font-mono">{unknown.slice(0, 5).join(', ')}</span>
          {unknown.length === 1 ? ' is no field' : ' are no fields'} of this job type. Map the columns to fields.
        </Notice>
      ) : null}
      {items.count > 0 || issues.length > 0 ? (
        <RowsPreview label="Rows" rows={parsed?.preview ?? []} issues={issues} textOf={textOf} />
      ) : null}
      {parsed && parsed.count > parsed.preview.length ? (
        <p className="text-muted text-xs">The first {formatNumber(parsed.preview.length)} rows are shown.</p>
      ) : null}
    </div>
  );
}
