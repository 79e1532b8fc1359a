'use client';

import { ChevronDown, Download } from 'lucide-react';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount } from '@/components/ui/format';
import { links } from '@/lib/client';
import type { BatchDto } from '@/lib/contracts';

/** Rows below the header that a spreadsheet can hold. */
const MAX_SHEET = 1_048_575;

/** Downloads of what came out, streamed by the server in item order. */
export function ResultsMenu({ batch }: { batch: BatchDto }) {
  const { id, completed, failed, total } = batch;
  const open = batch.active + batch.pending;
  const sheet = (rows: number) =>
    rows > MAX_SHEET ? `More than the ${formatCount(MAX_SHEET, 'row')} of a sheet` : null;
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
        <Item href={links.results(id, 'csv', undefined, 'fields')} hint="A column for each field">
          CSV
        </Item>
        <Item href={links.results(id, 'xlsx')} hint="A column for each field" reason={sheet(total)}>
          XLSX
        </Item>
        <Item href={links.results(id, 'jsonl')} hint="A line of JSON for each item">
          JSONL
        </Item>
        <Item href={links.results(id, 'csv')} hint="JSON in its cells">
          CSV as items
        </Item>
        <Item href={links.results(id, 'zip')} hint="What items made, a folder for each">
          ZIP of files
        </Item>
        {completed > 0 && completed < total ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>{formatCount(completed, 'completed item')} only</DropdownMenuLabel>
            <Item href={links.results(id, 'csv', 'completed', 'fields')}>CSV</Item>
            <Item href={links.results(id, 'xlsx', 'completed')} reason={sheet(total)}>
              XLSX
            </Item>
            <Item href={links.results(id, 'jsonl', 'completed')}>JSONL</Item>
          </>
        ) : null}
        {failed > 0 ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>{formatCount(failed, 'failed item')}, to fix and drop back</DropdownMenuLabel>
            <ErrorsItems batch={batch} />
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** The errors file in its formats. */
export function ErrorsItems({ batch: { id, failed } }: { batch: BatchDto }) {
  return (
    <>
      <Item href={links.errors(id, 'csv')}>Errors as CSV</Item>
      <Item href={links.errors(id, 'xlsx')} reason={failed > MAX_SHEET ? 'Too many rows for a sheet' : null}>
        Errors as XLSX
      </Item>
      <Item href={links.errors(id, 'jsonl')}>Errors as JSONL</Item>
    </>
  );
}

interface ItemProps {
  href: string;
  hint?: string;
  /** why it can't be had */
  reason?: string | null;
  children: string;
}

function Item({ href, hint, reason, children }: ItemProps) {
  if (reason) {
    return (
      <DropdownMenuItem disabled hint={reason}>
        {children}
      </DropdownMenuItem>
    );
  }
  return (
    <DropdownMenuItem asChild>
      <a href={href} download>
        {children}
        {hint ? <span className="ml-auto whitespace-nowrap pl-4 text-muted text-xs">{hint}</span> : null}
      </a>
    </DropdownMenuItem>
  );
}
