'use client';

import { useEffect, useRef } from 'react';
import { cn } from '@/components/ui/cn';
import { type Row, useListSelection } from './use-selection';

// The column takes no place in the grid of the columns: rows that have it get their space by `has-[[data-select]]`.
const cellStyle = 'absolute inset-y-0 left-0 z-1 w-9';
const labelStyle = 'flex size-full cursor-pointer select-none items-center justify-center';
/** On a desktop it appears on hover, and stays once something is selected. A finger has no hover. */
const boxStyle = 'size-4 cursor-pointer accent-accent-fill';
const hidden = 'opacity-0 group-hover/row:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:opacity-100';

/** The checkbox of a row, as its first cell. Shift selects all rows from the last one on. */
export function SelectCell({ row }: { row: Row }) {
  const list = useListSelection();
  if (!list) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of components/ui/table
    <div role="cell" data-select="" data-row-id={row.id} className={cellStyle}>
      <label className={labelStyle} onMouseDown={(event) => event.shiftKey && event.preventDefault()}>
        <input
          type="checkbox"
          aria-label={`Select ${row.name || row.id}`}
          className={cn(boxStyle, !list.isActive && hidden)}
          checked={list.isSelected(row)}
          onChange={(event) =>
            list.toggle(row.id, 'shiftKey' in event.nativeEvent && event.nativeEvent.shiftKey === true)
          }
        />
      </label>
    </div>
  );
}

/** The checkbox above the rows: all that match, or none. */
export function SelectAllCell({ what }: { what: string }) {
  const list = useListSelection();
  const box = useRef<HTMLInputElement>(null);
  const isMixed = Boolean(list?.isActive && list.canSelectAll);
  useEffect(() => {
    if (box.current) box.current.indeterminate = isMixed;
  }, [isMixed]);
  if (!list) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of components/ui/table
    // biome-ignore lint/a11y/useFocusableInteractive: a static table, not a grid
    <div role="columnheader" data-select="" className={cellStyle}>
      <label className={labelStyle}>
        <input
          ref={box}
          type="checkbox"
          aria-label={`Select all ${what} that match`}
          className={cn(boxStyle, !list.isActive && hidden)}
          checked={list.isActive && !list.canSelectAll}
          // Nothing is chosen before the list has shown what matches.
          disabled={!list.isActive && !list.canSelectAll}
          onChange={() => (list.isActive && !list.canSelectAll ? list.clear() : list.selectAll())}
        />
      </label>
    </div>
  );
}
