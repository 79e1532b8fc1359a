'use client';

import { ChevronDown, Download } from 'lucide-react';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount } from '@/components/ui/format';
import { links } from '@/lib/client';
import { useBatchTable } from '@/lib/client/queries/use-batch-table';
import { type BatchDto, MAX_SHEET_ROWS } from '@/lib/contracts';
import { DownloadItem } from './download-item';
import { ErrorsItems, LeftOutItems } from './errors-items';

/** Downloads of what came out, streamed by the server in item order. */
export function ResultsMenu({ batch }: { batch: BatchDto }) {
  const { id, completed, failed, total } = batch;
  const { table } = useBatchTable(batch);
  const open = batch.active + batch.pending;
  const sheet = (rows: number) =>
    rows > MAX_SHEET_ROWS ? `More than the ${formatCount(MAX_SHEET_ROWS, 'row')} of a sheet` : null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button size="sm">
          <Download /> Results <ChevronDown />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="max-w-96">
        <DropdownMenuLabel>
          {open > 0
            ? `${formatCount(total, 'item')} so far, ${formatCount(open, 'item')} not finished`
            : `All ${formatCount(total, 'item')}`}
        </DropdownMenuLabel>
        <DownloadItem href={links.results(id, 'csv', undefined, 'fields')} hint="A column for each field">
          CSV
        </DownloadItem>
        <DownloadItem href={links.results(id, 'xlsx')} hint="A column for each field" reason={sheet(total)}>
          XLSX
        </DownloadItem>
        <DownloadItem href={links.results(id, 'jsonl')} hint="A line of JSON for each item">
          JSONL
        </DownloadItem>
        <DownloadItem href={links.results(id, 'csv')} hint="JSON in its cells">
          CSV as items
        </DownloadItem>
        <DownloadItem href={links.results(id, 'zip')} hint="What items made, a folder for each">
          ZIP of files
        </DownloadItem>
        {completed > 0 && completed < total ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>{formatCount(completed, 'completed item')} only</DropdownMenuLabel>
            <DownloadItem href={links.results(id, 'csv', 'completed', 'fields')}>CSV</DownloadItem>
            <DownloadItem href={links.results(id, 'xlsx', 'completed')} reason={sheet(total)}>
              XLSX
            </DownloadItem>
            <DownloadItem href={links.results(id, 'jsonl', 'completed')}>JSONL</DownloadItem>
          </>
        ) : null}
        {failed > 0 ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>{formatCount(failed, 'failed item')}, to fix and drop back</DropdownMenuLabel>
            <ErrorsItems batch={batch} />
          </>
        ) : null}
        {table && table.skipped > 0 ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>{formatCount(table.skipped, 'row')} that did not fit</DropdownMenuLabel>
            <LeftOutItems table={table} />
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
