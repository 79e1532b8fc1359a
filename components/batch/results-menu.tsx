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

/** Downloads of what came out, streamed by the server in item order. */
export function ResultsMenu({ batch }: { batch: BatchDto }) {
  const open = batch.active + batch.pending;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button size="sm">
          <Download /> Results <ChevronDown />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuLabel>
          {open > 0 ? `So far; ${formatCount(open, 'item')} not finished` : 'All items'}
        </DropdownMenuLabel>
        <Item href={links.results(batch.id, 'jsonl')}>All as JSONL</Item>
        <Item href={links.results(batch.id, 'csv')}>All as CSV</Item>
        <DropdownMenuSeparator />
        <Item href={links.results(batch.id, 'jsonl', 'completed')}>Completed as JSONL</Item>
        <Item href={links.results(batch.id, 'csv', 'completed')}>Completed as CSV</Item>
        {batch.failed > 0 ? (
          <>
            <Item href={links.results(batch.id, 'jsonl', 'failed')}>Failed as JSONL</Item>
            <Item href={links.results(batch.id, 'csv', 'failed')}>Failed as CSV</Item>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function Item({ href, children }: { href: string; children: string }) {
  return (
    <DropdownMenuItem asChild>
      <a href={href} download>
        {children}
      </a>
    </DropdownMenuItem>
  );
}
