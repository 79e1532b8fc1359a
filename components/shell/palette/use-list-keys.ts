'use client';

import { useEffect } from 'react';
import { isKey, isTyping } from '@/components/ui/keys';

/** Rows of the lists of a page that lead somewhere. */
const ROWS = '#content [role="row"], #content [data-rows] > li';
const LIST = '[role="table"], [data-rows]';
/** What gets the focus in a row. In a row of a table other buttons act on it. */
const linkOf = (row: HTMLElement): HTMLElement | null =>
  row.querySelector(row.getAttribute('role') === 'row' ? 'a[href], button[data-row]' : 'a[href], button');

/** Returns the row that a key leads to; undefined for other keys, and where the page needs the key. */
function targetOf(event: KeyboardEvent): HTMLElement | undefined {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => linkOf(row) !== null);
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const step = isKey(event, 'nextRow') ? 1 : isKey(event, 'previousRow') ? -1 : 0;
  // The arrows, Home and End scroll the page unless a row has the focus.
  if (at === -1) return step !== 0 && !event.key.startsWith('Arrow') ? rows[0] : undefined;
  if (step !== 0) return rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  const list = rows.filter((row) => row.closest(LIST) === rows[at]?.closest(LIST));
  return isKey(event, 'firstRow') ? list[0] : isKey(event, 'lastRow') ? list.at(-1) : undefined;
}

/** Moves the focus between the rows of a page's lists. Lists that have keys of their own handle them first. */
export function useListKeys(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
      const target = targetOf(event);
      if (!target) return;
      event.preventDefault();
      linkOf(target)?.focus();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
