'use client';

import { createContext, use, useCallback, useEffect, useEffectEvent, useMemo, useState } from 'react';
import { isKey } from '@/components/ui/keys';
import {
  extendTo,
  isEmpty,
  isSelected,
  type Match,
  NOTHING,
  type Selectable,
  type Selection,
  selectMatching,
  selectRange,
  selectRows,
  toggleRow,
} from './selection';

/** A row with what a selection needs to know of it. */
export interface Row extends Selectable {
  name: string;
  index?: number | null;
}

interface SelectionInput<R extends Row> {
  /** the loaded rows, in the order in which they are shown */
  rows: readonly R[];
  /** identifies what the list shows; another query clears the selection, because its rows may not be on the list */
  scope: string;
  /** the query of everything that the list shows; null if no query finds exactly that */
  query: string | null;
  /** all rows are loaded */
  isComplete: boolean;
  /** where no query finds them: loads all that match, or as many as one action takes */
  loadAll?: () => Promise<R[]>;
  /** how many rows the list has in all, if that is known before they are loaded */
  total?: number | null;
}

export interface ListSelection<R extends Row = Row> {
  selection: Selection<R>;
  isActive: boolean;
  /** the selected rows that are known, as they are now */
  known: readonly R[];
  /** how many rows are selected, with those that are left out of all that match; null if it is not known */
  count: number | null;
  /** where it is not known: how many there are at least */
  atLeast: number;
  /** the list shows rows that are not selected and that one click can select */
  canSelectAll: boolean;
  /** rows that match are being loaded, to be selected */
  isLoading: boolean;
  isSelected: (row: Row) => boolean;
  /** @param extend selects all rows from the last one on */
  toggle: (id: string, extend?: boolean) => void;
  /** selects while the focus moves from one row to another */
  extend: (from: string, to: string) => void;
  selectAll: () => void;
  selectMatch: (match: Match) => void;
  clear: () => void;
}

/** Keeps which rows of a list are selected, while rows arrive, change, leave and are sorted. Escape clears it. */
export function useSelection<R extends Row>(input: SelectionInput<R>): ListSelection<R> {
  const { rows, scope, query, isComplete, loadAll, total = null } = input;
  const [isLoading, setLoading] = useState(false);
  const [held, setHeld] = useState<{ scope: string; selection: Selection<R> }>({ scope, selection: NOTHING });
  const selection: Selection<R> = held.scope === scope ? held.selection : NOTHING;
  const isActive = !isEmpty(selection);
  const set = useCallback(
    (change: (now: Selection<R>) => Selection<R>) =>
      setHeld((now) => ({ scope, selection: change(now.scope === scope ? now.selection : NOTHING) })),
    [scope],
  );
  const clear = useCallback(() => set(() => NOTHING), [set]);
  const byId = useMemo(() => new Map(rows.map((row) => [row.id, row])), [rows]);
  useEscape(isActive, clear);

  const { known, count } = useMemo(() => {
    if (selection.kind === 'some') {
      const chosen = [...selection.rows.values()].map((row) => byId.get(row.id) ?? row);
      return { known: chosen, count: chosen.length };
    }
    const shown = rows.filter((row) => isSelected(selection, row.id, row.index ?? null));
    const { items } = selection.match;
    if (items) return { known: shown, count: items[1] - items[0] };
    if (total !== null) return { known: shown, count: total };
    return { known: shown, count: isComplete ? shown.length + selection.without.size : null };
  }, [selection, rows, byId, isComplete, total]);

  const toggle = (id: string, extend = false): void => {
    const row = byId.get(id);
    if (row) set((now) => (extend ? selectRange(now, rows, id) : toggleRow(now, row)));
  };
  const extend = (from: string, to: string): void => {
    const [left, reached] = [byId.get(from), byId.get(to)];
    if (left && reached) set((now) => extendTo(now, rows, [left, reached]));
  };
  useRowKeys(toggle);
  const selectMatch = (match: Match) => set(() => selectMatching(match));
  return {
    selection,
    isActive,
    known,
    count,
    atLeast: known.length + (selection.kind === 'all' ? selection.without.size : 0),
    canSelectAll:
      rows.length > 0 &&
      (rows.some((row) => !isSelected(selection, row.id, row.index ?? null)) ||
        (!isComplete && query !== null && selection.kind === 'some')),
    isLoading,
    isSelected: (row) => isSelected(selection, row.id, row.index ?? null),
    toggle,
    extend,
    selectAll: () => {
      if (!isComplete && query !== null) selectMatch({ query });
      else if (isComplete || !loadAll) set(() => selectRows(rows));
      else {
        setLoading(true);
        loadAll()
          .then((loaded) => set(() => selectRows(loaded)))
          .finally(() => setLoading(false));
      }
    },
    selectMatch,
    clear,
  };
}

/** Clears a selection with Escape, unless a dialog, a menu or a field wants the key. */
function useEscape(isActive: boolean, clear: () => void): void {
  useEffect(() => {
    if (!isActive) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isKey(event, 'clearSelection') || event.defaultPrevented || !(event.target instanceof Element)) return;
      if (event.target.closest('[role="dialog"], [role="menu"], input:not([type="checkbox"]), textarea')) return;
      clear();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [isActive, clear]);
}

/** x and space on the link of a row select the row; with shift, all rows from the last one on. */
function useRowKeys(toggle: (id: string, extend: boolean) => void): void {
  const act = useEffectEvent(toggle);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isRange = isKey(event, 'selectRange');
      if (event.defaultPrevented || !(isRange || isKey(event, 'selectRow'))) return;
      if (!(event.target instanceof HTMLAnchorElement)) return;
      const cell = event.target.closest('[role="row"]')?.querySelector<HTMLElement>('[data-row-id]');
      if (cell?.dataset.rowId === undefined) return;
      event.preventDefault();
      act(cell.dataset.rowId, isRange);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

const SelectionContext = createContext<ListSelection | null>(null);
/** Gives the rows and the bar of a list its selection. */
export const SelectionProvider = SelectionContext;

/** The selection of the list around; null in a list whose rows can't be selected. */
export const useListSelection = (): ListSelection | null => use(SelectionContext);
