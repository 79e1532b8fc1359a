'use client';

import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { useViews } from '@/lib/client/queries/views';
import type { ViewDto } from '@/lib/contracts/view';
import type { QueryKind } from '@/lib/query/query';
import { queryOfAddress } from './address-query';

export interface ListQuery {
  kind: QueryKind;
  /** the query in the address; empty: everything */
  text: string;
  /** what the list asks the server for, which refuses what it does not understand; undefined: everything */
  query: string | undefined;
  change: (text: string) => void;
  /** the columns in the address; null: those of the list itself */
  columns: readonly string[] | null;
  changeColumns: (columns: readonly string[] | null) => void;
  /** shows what a view shows */
  open: (view: Pick<ViewDto, 'query' | 'columns'>) => void;
}

/** Columns as they are in the address: `status,name,failed`; empty: those of the list itself. */
export const columnsText = (columns: readonly string[] | null): string => (columns ?? []).join(',');

const OLD = { status: '', type: '', batchId: '', q: '' };

/**
 * Keeps the query of a list in the address, so that a link holds everything. A list that is opened without any opens with
 * the default view.
 */
export function useListQuery(kind: QueryKind): ListQuery {
  const [params, setParams] = useUrlFilters();
  const { data: views } = useViews();
  const text = queryOfAddress((name) => params.get(name), kind);
  const change = useCallback((next: string) => setParams({ ...OLD, query: next }), [setParams]);
  const listed = params.get('columns');
  const columns = useMemo(() => (listed ? listed.split(',').filter(Boolean) : null), [listed]);
  const changeColumns = useCallback(
    (next: readonly string[] | null) => setParams({ columns: columnsText(next) }),
    [setParams],
  );
  const open = useCallback(
    (view: Pick<ViewDto, 'query' | 'columns'>) =>
      setParams({ ...OLD, query: view.query, columns: columnsText(view.columns) }),
    [setParams],
  );
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current || !views) return;
    opened.current = true;
    const view = views.find((each) => each.of === kind && each.isDefault);
    if (view && globalThis.location.search === '') open(view);
  }, [views, kind, open]);
  return { kind, text, query: text === '' ? undefined : text, change, columns, changeColumns, open };
}
