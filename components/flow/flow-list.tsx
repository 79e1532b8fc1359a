'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { isKey } from '@/components/ui/keys';
import { useRowHeight } from '@/components/ui/use-density';
import { flatten, type JobItem } from './graph/view';
import { listMove } from './list-keys';
import { FanRow, JobRow } from './list-row';

interface FlowListProps {
  label: string;
  root: JobItem;
  loading: ReadonlySet<string>;
  open: ((jobId: string) => void) | null;
  unfold: (parentId: string) => void;
  fold: (parentId: string) => void;
}

/** The tree as an indented list: each job is below its parent. Arrows, j and k move and fold, Enter opens. */
export function FlowList({ label, root, loading, open, unfold, fold }: FlowListProps) {
  const rows = useMemo(() => flatten(root), [root]);
  const scroller = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<string>(root.id);
  const [moved, setMoved] = useState(false);
  const rowHeight = useRowHeight();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 10,
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const at = Math.max(
    0,
    rows.findIndex(({ id }) => id === current),
  );
  useEffect(() => {
    if (!moved) return;
    virtual.scrollToIndex(at);
    const frame = requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(current)}"]`)?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [moved, at, current, virtual]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const item = rows[at];
    if (!item) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (item.kind === 'fan') unfold(item.parentId);
      else open?.(item.id);
      return;
    }
    const arrow = isKey(event, 'nextRow') ? 'ArrowDown' : isKey(event, 'previousRow') ? 'ArrowUp' : event.key;
    const move = listMove(rows, at, arrow);
    if (!move) return;
    event.preventDefault();
    if (move.fold) fold(move.fold);
    else if (move.unfold) unfold(move.unfold);
    else {
      setCurrent(rows[move.to]?.id ?? current);
      setMoved(true);
    }
  };
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      className="@container h-full overflow-auto"
      onKeyDown={onKeyDown}
      onBlur={() => setMoved(false)}
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((place) => {
          const item = rows[place.index];
          if (!item) return null;
          const shared = { focusable: place.index === at, onFocus: () => setCurrent(item.id) };
          return (
            <div
              key={place.key}
              role="presentation"
              className="absolute inset-x-0 top-0"
              style={{ height: rowHeight, transform: `translateY(${place.start}px)` }}
            >
              {item.kind === 'job' ? (
                <JobRow {...shared} item={item} open={open} unfold={unfold} fold={fold} />
              ) : (
                <FanRow {...shared} item={item} loading={loading.has(item.parentId)} unfold={unfold} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
