'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { describeError } from '@/lib/client/api';
import { useChangeImport } from '@/lib/client/mutations/imports';
import { ENCODINGS, isImportBusy } from '@/lib/contracts/choices';
import type { ImportDto, Reading } from '@/lib/contracts/import';

const FORMAT = { csv: 'CSV', json: 'JSON', jsonl: 'JSON lines', xlsx: 'Excel workbook' } as const;
const DELIMITER: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };
const ENCODING = { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16 LE', 'utf-16be': 'UTF-16 BE', 'windows-1252': 'Latin-1' };
const QUOTE: Record<Reading['quote'], string> = { '"': 'double quotes', "'": 'single quotes', '': 'none' };

const namesColumns = (row = 1): string => (row === 1 ? 'first row names the columns' : `row ${row} names the columns`);

const said = ({ format, encoding, delimiter, header, headerRow, sheet, quote }: Reading): string =>
  [
    FORMAT[format],
    sheet ? `sheet ${sheet}` : null,
    format === 'csv' ? `${DELIMITER[delimiter] ?? delimiter} between cells` : null,
    format === 'csv' && quote !== '"' ? `quoted with ${QUOTE[quote]}` : null,
    format === 'xlsx' ? null : ENCODING[encoding],
    format !== 'csv' && format !== 'xlsx' ? null : header ? namesColumns(headerRow) : 'no row names the columns',
  ]
    .filter(Boolean)
    .join(' · ');

/** The detected format of the table in one line, with controls to correct it. */
export function ImportReading({ found }: { found: ImportDto }) {
  const change = useChangeImport();
  const { reading, content } = found;
  if (!reading || content === 'files') return null;
  const csv = reading.format === 'csv';
  const set = (changes: Partial<Omit<Reading, 'format'>>) => change.mutate({ id: found.id, reading: changes });
  const locked = isImportBusy(found.status) || change.isPending;
  return (
    <details className="group rounded-md border" open={found.status === 'failed' || undefined}>
      <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm hover:bg-hover">
        <ChevronRight className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90" />
        <span className="shrink-0 font-medium">Read as</span>
        <span className="min-w-0 truncate text-muted text-xs">{said(reading)}</span>
      </summary>
      <div className="grid gap-3 border-t p-3 sm:grid-cols-2 xl:grid-cols-4">
        {csv ? (
          <Field label="Delimiter">
            {(control) => (
              <Select
                {...control}
                disabled={locked}
                value={reading.delimiter}
                onChange={(event) => set({ delimiter: event.target.value })}
              >
                {Object.entries({ [reading.delimiter]: reading.delimiter, ...DELIMITER }).map(([mark, name]) => (
                  <option key={mark} value={mark}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : null}
        {csv ? (
          <Field label="Quote character">
            {(control) => (
              <Select
                {...control}
                disabled={locked}
                value={reading.quote}
                onChange={(event) => set({ quote: event.target.value as Reading['quote'] })}
              >
                {Object.entries(QUOTE).map(([mark, name]) => (
                  <option key={mark} value={mark}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : null}
        {reading.format === 'xlsx' ? (
          <Field label="Sheet">
            {(control) => (
              <Select
                {...control}
                disabled={locked}
                value={reading.sheet ?? ''}
                onChange={(event) => set({ sheet: event.target.value })}
              >
                {reading.sheet ? null : <option value="">Choose a sheet</option>}
                {found.sheets.map((sheet) => (
                  <option key={sheet}>{sheet}</option>
                ))}
              </Select>
            )}
          </Field>
        ) : (
          <Field label="Encoding">
            {(control) => (
              <Select
                {...control}
                disabled={locked}
                value={reading.encoding}
                onChange={(event) => set({ encoding: event.target.value as Reading['encoding'] })}
              >
                {ENCODINGS.map((encoding) => (
                  <option key={encoding} value={encoding}>
                    {ENCODING[encoding]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        {csv || reading.format === 'xlsx' ? (
          <HeaderRow reading={reading} locked={locked} onChange={(header) => set(header)} />
        ) : null}
        {change.error ? (
          <p role="alert" className="col-span-full text-status-failed text-xs">
            {describeError(change.error)}
          </p>
        ) : null}
      </div>
      {found.remarks.length > 0 ? (
        <p className="border-t px-3 py-2 text-muted text-xs [overflow-wrap:anywhere]">{found.remarks.join(' ')}</p>
      ) : null}
    </details>
  );
}

interface HeaderRowProps {
  reading: Reading;
  locked: boolean;
  onChange: (header: Pick<Reading, 'headerRow'> | Pick<Reading, 'header'>) => void;
}

/** Chooses the header row. Rows count from 1, as in a spreadsheet. */
function HeaderRow({ reading, locked, onChange }: HeaderRowProps) {
  const { header, headerRow = 1 } = reading;
  const [text, setText] = useState(String(headerRow));
  const row = Number(text);
  const isRow = Number.isInteger(row) && row > 0;
  const save = () => {
    if (isRow && row !== headerRow) onChange({ headerRow: row });
    else setText(String(headerRow));
  };
  return (
    <>
      <Field label="Column names">
        {(control) => (
          <Select
            {...control}
            disabled={locked}
            value={header ? 'header' : 'none'}
            onChange={(event) => onChange({ header: event.target.value === 'header' })}
          >
            <option value="header">in a row</option>
            <option value="none">nowhere</option>
          </Select>
        )}
      </Field>
      {header ? (
        <Field label="Header row">
          {(control) => (
            <Input
              {...control}
              key={headerRow}
              type="number"
              min={1}
              disabled={locked}
              defaultValue={headerRow}
              onChange={(event) => setText(event.target.value)}
              onBlur={save}
              onKeyDown={(event) => {
                if (event.key === 'Enter') save();
              }}
            />
          )}
        </Field>
      ) : null}
    </>
  );
}
