'use client';

import { ChevronDown, Download } from 'lucide-react';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { DownloadItem } from '@/components/ui/download-item';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount } from '@/components/ui/format';
import { links } from '@/lib/client/links';
import { useBatchTable } from '@/lib/client/queries/batches';
import { useSeesPayloads } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import { MAX_SHEET_ROWS } from '@/lib/contracts/bounds';
import { ErrorsItems, LeftOutItems } from './errors-items';

/** Downloads of the results. The server streams them in item order. */
export function ResultsMenu({ batch }: { batch: BatchDto }) {
  const { id, completed, failed, total } = batch;
  const { table } = useBatchTable(batch);
  const seesPayloads = useSeesPayloads();
  const open = batch.active + batch.pending;
  const hint = table ? 'Your columns, then the results' : 'Columns of the input, then the results';
  const sheet = (rows: number) =>
    rows > MAX_SHEET_ROWS ? `More than the ${formatCount(MAX_SHEET_ROWS, 'row')} of a sheet` : null;
  if (!seesPayloads) return <RoleNote reason="Results are not shown to you" />;
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
        <DownloadItem href={links.results(id, 'csv', { layout: 'table' })} hint={hint}>
          Table as CSV
        </DownloadItem>
        <DownloadItem href={links.results(id, 'xlsx', { layout: 'table' })} hint={hint} reason={sheet(total)}>
          Table as XLSX
        </DownloadItem>
        <DownloadItem href={links.results(id, 'jsonl')} hint="All data, one line for each item">
          JSONL
        </DownloadItem>
        <DownloadItem href={links.results(id, 'csv', { layout: 'fields' })} hint={`Every field of ${batch.type}`}>
          All fields as CSV
        </DownloadItem>
        <DownloadItem
          href={links.results(id, 'xlsx', { layout: 'fields' })}
          hint={`Every field of ${batch.type}`}
          reason={sheet(total)}
        >
          All fields as XLSX
        </DownloadItem>
        <DownloadItem href={links.results(id, 'zip')} hint="Files of the items, a folder for each">
          ZIP of files
        </DownloadItem>
        {completed > 0 && completed < total ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>{formatCount(completed, 'completed item')} only</DropdownMenuLabel>
            <DownloadItem href={links.results(id, 'csv', { status: 'completed', layout: 'table' })} hint={hint}>
              Completed as CSV
            </DownloadItem>
            <DownloadItem
              href={links.results(id, 'xlsx', { status: 'completed', layout: 'table' })}
              hint={hint}
              reason={sheet(total)}
            >
              Completed as XLSX
            </DownloadItem>
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
            <DropdownMenuLabel>{formatCount(table.skipped, 'row')} that were skipped</DropdownMenuLabel>
            <LeftOutItems table={table} />
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
