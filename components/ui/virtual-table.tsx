'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { type CSSProperties, type ReactNode, useEffect, useRef } from 'react';
import { cn } from './cn';
import { formatNumber } from './format';
import { Spinner } from './spinner';
import { Table } from './table';
import { useMounted } from './use-mounted';
import { useVirtualRowKeys } from './use-virtual-row-keys';

interface VirtualTableProps<R> {
  label: string;
  /** sets `--columns`, per breakpoint: `[--columns:1fr_80px] lg:[--columns:…]` */
  columns: string;
  /** goes before them: the grid of columns that were chosen */
  grid?: CSSProperties | null | undefined;
  header: ReactNode;
  rows: readonly R[];
  rowKey: (row: R) => string;
  renderRow: (row: R) => ReactNode;
  rowHeight: number;
  /** more rows can be fetched */
  hasMore: boolean;
  loadingMore: boolean;
  /** there are more rows, which may be fetched only on request */
  partial?: boolean;
  /** below the rows */
  footer?: ReactNode;
  onEnd: () => void;
  /** identifies the query of the rows; a new scope starts at the top */
  scope: string;
  /** marks the rows as those of the previous query */
  stale?: boolean;
  /** number of new rows that wait above */
  waiting?: number;
  onShowWaiting?: () => void;
  /** where rows can be selected: the focus went from one to another while selecting */
  onExtend?: ((from: R, to: R) => void) | undefined;
  className?: string;
}

/** The height of the header that stays over the rows, in pixels. */
const HEADER = 32;

/** What the server takes for the region, whose size it does not know. Its rows are as high as the screen makes them. */
const FIRST_RECT = { width: 0, height: 900 };

/** Virtualized rows in a scrolling region. Fetches the next page when the end is near. */
export function VirtualTable<R>(props: VirtualTableProps<R>) {
  const { rows, rowKey, rowHeight, hasMore, loadingMore, onEnd, scope, waiting = 0 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (i) => {
      const row = rows[i];
      return row === undefined ? i : rowKey(row);
    },
    overscan: 12,
    scrollPaddingEnd: HEADER,
    initialRect: FIRST_RECT,
  });
  const isMounted = useMounted();
  const { onExtend } = props;
  const onKeyDown = useVirtualRowKeys({
    scroller,
    count: rows.length,
    scrollTo: (index) => virtual.scrollToIndex(index),
    onExtend:
      onExtend &&
      ((from, to) => {
        const [left, reached] = [rows[from], rows[to]];
        if (left !== undefined && reached !== undefined) onExtend(left, reached);
      }),
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;

  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - 20) onEnd();
  }, [hasMore, loadingMore, last, rows.length, onEnd]);
  // Another query or another row height starts at the top.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    virtual.measure();
  }, [scope, rowHeight]);

  const showWaiting = () => {
    props.onShowWaiting?.();
    scroller.current?.scrollTo({ top: 0 });
  };

  return (
    <div className={cn('relative flex min-h-0 flex-col overflow-hidden rounded-md border bg-surface', props.className)}>
      {waiting > 0 ? (
        <button
          type="button"
          onClick={showWaiting}
          className="absolute top-0.5 left-1/2 z-10 inline-flex h-7 -translate-x-1/2 animate-sheet items-center gap-1.5 rounded-full bg-accent-fill px-3 font-medium text-on-accent text-xs shadow-pop hover:bg-accent-fill-strong"
        >
          <ArrowUp className="size-3.5" aria-hidden="true" /> {formatNumber(waiting)} new
        </button>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys between the rows' own links */}
      <div
        ref={scroller}
        onKeyDown={onKeyDown}
        className={cn(
          '@container min-h-0 scroll-pt-8 overflow-auto transition-opacity duration-150',
          props.stale && 'opacity-55',
        )}
      >
        <Table
          aria-label={props.label}
          aria-rowcount={hasMore || props.partial ? -1 : rows.length + 1}
          className={props.columns}
          style={props.grid ?? undefined}
          aria-busy={props.stale || undefined}
        >
          <div className="sticky top-0 z-1">{props.header}</div>
          <div className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                <div
                  key={item.key}
                  data-row-index={item.index}
                  className={isMounted ? 'absolute inset-x-0 top-0' : undefined}
                  style={isMounted ? { height: rowHeight, transform: `translateY(${item.start}px)` } : undefined}
                >
                  {props.renderRow(row)}
                </div>
              );
            })}
          </div>
        </Table>
        {props.footer}
        {loadingMore ? (
          <p className="flex items-center justify-center gap-2 py-3 text-muted text-xs">
            <Spinner /> Reading more
          </p>
        ) : null}
      </div>
      <p role="status" className="sr-only">
        {waiting > 0 ? `${waiting} new` : ''}
      </p>
    </div>
  );
}
