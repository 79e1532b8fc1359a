'use client';

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { isEmpty, MAX_PICKED, MAX_WITHOUT } from './selection';
import { type ListSelection, useListSelection } from './use-selection';

/** How much is selected: `20 selected`, `All 100+ that match`, `Items 201–400, without 3`. */
function countInWords({ selection, count, atLeast }: ListSelection): string {
  if (selection.kind === 'some') return `${formatNumber(selection.rows.size)} selected`;
  const { items } = selection.match;
  const without = selection.without.size > 0 ? `, without ${formatNumber(selection.without.size)}` : '';
  if (items) return `Items ${formatNumber(items[0] + 1)}–${formatNumber(items[1])}${without}`;
  // More match than are loaded; the server counts them.
  const found = count === null ? `${formatNumber(atLeast)}+` : formatNumber(count);
  return `All ${found} that match${without}`;
}

function limitInWords({ selection: { kind, left } }: ListSelection): string | null {
  if (left === 0) return null;
  return kind === 'some'
    ? `${formatNumber(MAX_PICKED)} rows are the most; ${formatNumber(left)} more were not taken`
    : `At most ${formatNumber(MAX_WITHOUT)} can be left out`;
}

/** What to do with the selected rows. It stays at the foot of the page, and no row moves for it. */
export function SelectionBar({ what, children }: { what: string; children: ReactNode }) {
  const list = useListSelection();
  if (!list || isEmpty(list.selection)) return null;
  const limit = limitInWords(list);
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-2 z-10 -mx-1 flex shrink-0 animate-sheet flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-line-strong bg-surface px-3 py-2 shadow-pop"
    >
      <p role="status" className="font-medium text-sm">
        {countInWords(list)}
        {limit ? <span className="ml-2 font-normal text-status-partial text-xs">{limit}</span> : null}
      </p>
      {list.canSelectAll ? (
        <Button
          variant="link"
          size="sm"
          onClick={list.selectAll}
          reason={list.isLoading ? `The ${what} are being loaded` : null}
        >
          {list.isLoading ? `Loading the ${what} that match…` : `Select all ${what} that match`}
        </Button>
      ) : null}
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Clear the selection"
        onClick={list.clear}
        className="ml-auto lg:order-last"
      >
        <X />
      </Button>
      <div className="flex flex-wrap items-center gap-2 max-lg:basis-full">{children}</div>
    </section>
  );
}
