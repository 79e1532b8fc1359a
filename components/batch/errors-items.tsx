'use client';

import { DownloadItem } from '@/components/ui/download-item';
import { DropdownMenuLabel } from '@/components/ui/dropdown-menu';
import { links } from '@/lib/client/links';
import { useBatchTable } from '@/lib/client/queries/batches';
import type { BatchDto } from '@/lib/contracts/batch';
import { MAX_SHEET_ROWS } from '@/lib/contracts/bounds';
import type { BatchTableDto } from '@/lib/contracts/import';

const tooManyFor = (rows: number): string | null => (rows > MAX_SHEET_ROWS ? 'Too many rows for a sheet' : null);

/**
 * Menu items that download the errors file in its formats. It has the imported table's columns while that table is
 * kept.
 */
export function ErrorsItems({ batch }: { batch: BatchDto }) {
  const { id, failed } = batch;
  const { table, isGone } = useBatchTable(batch);
  const tooMany = tooManyFor(failed);
  if (!table) {
    return (
      <>
        <DownloadItem href={links.errors(id, 'csv')}>Errors as CSV</DownloadItem>
        <DownloadItem href={links.errors(id, 'xlsx')} reason={tooMany}>
          Errors as XLSX
        </DownloadItem>
        <DownloadItem href={links.errors(id, 'jsonl')}>Errors as JSONL</DownloadItem>
        {isGone ? (
          <DropdownMenuLabel className="max-w-72">
            The imported table is no longer stored. The columns are the fields of the items.
          </DropdownMenuLabel>
        ) : null}
      </>
    );
  }
  return (
    <>
      <DownloadItem href={links.errors(id, 'csv', 'table')} hint="Columns of the table">
        Errors as CSV
      </DownloadItem>
      <DownloadItem href={links.errors(id, 'xlsx', 'table')} hint="Columns of the table" reason={tooMany}>
        Errors as XLSX
      </DownloadItem>
      <DownloadItem href={links.errors(id, 'jsonl', 'table')} hint="Cells of the table">
        Errors as JSONL
      </DownloadItem>
      <DownloadItem href={links.errors(id, 'csv', 'fields')} hint={`Fields of ${batch.type}`}>
        Errors as CSV of fields
      </DownloadItem>
    </>
  );
}

/** Menu items that download the rows that were excluded when the table was launched. */
export function LeftOutItems({ table }: { table: BatchTableDto }) {
  return (
    <>
      <DownloadItem href={links.leftOut(table.importId, 'csv')} hint="With the reason">
        Skipped rows as CSV
      </DownloadItem>
      <DownloadItem
        href={links.leftOut(table.importId, 'xlsx')}
        hint="With the reason"
        reason={tooManyFor(table.skipped)}
      >
        Skipped rows as XLSX
      </DownloadItem>
    </>
  );
}
