'use client';

import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { isKey, isTyping } from './keys';

interface RowKeysInput {
  scroller: RefObject<HTMLElement | null>;
  /** how many rows are loaded */
  count: number;
  scrollTo: (index: number) => void;
  /** called where rows can be selected while the focus moves */
  onExtend?: ((from: number, to: number) => void) | undefined;
}

/**
 * Keys for the rows of a virtualized list, of which only some are in the document. A row has its place in
 * `data-row-index`, and its link gets the focus.
 * @returns the handler for the scrolling region
 */
export function useVirtualRowKeys({ scroller, count, scrollTo, onExtend }: RowKeysInput) {
  const wanted = useRef<number | null>(null);
  const focusWanted = (): void => {
    if (wanted.current === null) return;
    const row = scroller.current?.querySelector(`[data-row-index="${wanted.current}"]`);
    const link = row?.querySelector<HTMLElement>('a[href]');
    if (!link) return;
    wanted.current = null;
    link.focus();
  };
  // A row that was far away is in the document after the list has scrolled.
  useEffect(focusWanted);
  return (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event.target) || !(event.target instanceof HTMLElement)) return;
    const place = event.target.closest<HTMLElement>('[data-row-index]')?.dataset.rowIndex;
    if (place === undefined) return;
    const at = Number(place);
    const extend = onExtend && (isKey(event, 'selectNext') ? 1 : isKey(event, 'selectPrevious') ? -1 : 0);
    const step = extend || (isKey(event, 'nextRow') ? 1 : isKey(event, 'previousRow') ? -1 : 0);
    const target = isKey(event, 'firstRow') ? 0 : isKey(event, 'lastRow') ? count - 1 : step ? at + step : null;
    if (target === null) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(count - 1, target));
    if (extend && to !== at) onExtend?.(at, to);
    wanted.current = to;
    scrollTo(to);
    focusWanted();
  };
}
