'use client';

import { Files, Rows3 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { formatCount } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import type { Found } from './dropped-files';

interface SeveralFilesProps {
  files: readonly Found[];
  /** imports them as one table */
  onTable: () => void;
  /** creates one item for each file; undefined if the job type takes no files */
  onItems: (() => void) | undefined;
  onCancel: () => void;
}

const NAMED = 4;

/** Asks whether several files are one table or separate items, before the upload starts. */
export function SeveralFiles({ files, onTable, onItems, onCancel }: SeveralFilesProps) {
  const why = notOneTable(files.map(({ file }) => file.name));
  const names = files.slice(0, NAMED).map(({ name }) => name);
  const more = files.length - names.length;
  return (
    <Notice
      title={formatCount(files.length, 'file')}
      actions={
        <>
          <Button size="sm" variant={why ? 'secondary' : 'primary'} reason={why} onClick={onTable}>
            <Rows3 /> Read as one table
          </Button>
          {onItems ? (
            <Button size="sm" variant={why ? 'primary' : 'secondary'} onClick={onItems}>
              <Files /> One item per file
            </Button>
          ) : null}
          <Button size="sm" variant="ghost" onClick={onCancel}>
            Not now
          </Button>
        </>
      }
    >
      <p className="font-mono text-xs">
        {names.join(' · ')}
        {more > 0 ? ` and ${more} more` : ''}
      </p>
      <p>
        {why ?? 'As one table their rows follow each other, and all of them need the columns of the first.'}
        {why && !onItems ? '. This job type takes rows, not files' : ''}
        {why ? '.' : ''}
      </p>
    </Notice>
  );
}

const KIND: Record<string, 'text' | 'json' | 'jsonl' | 'xlsx'> = {
  csv: 'text',
  tsv: 'text',
  txt: 'text',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  xlsx: 'xlsx',
};

/** Returns why these files, by their names, can't be read as one table; null if they can. */
export function notOneTable(names: readonly string[]): string | null {
  const kinds = names.map((name) => KIND[name.toLowerCase().split('.').at(-1) ?? '']);
  const other = names.find((_, i) => kinds[i] === undefined);
  if (other !== undefined) return `${other} is no CSV, TSV, JSON, JSONL or XLSX`;
  if (names.length > 1 && kinds.includes('xlsx')) {
    return 'Upload one workbook at a time, or save its sheets as CSV';
  }
  const [first] = kinds;
  const differs = names.find((_, i) => kinds[i] !== first);
  return differs === undefined ? null : `${names[0]} and ${differs} are of different kinds: bring one kind at a time`;
}
