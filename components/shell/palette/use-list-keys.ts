'use client';

import { useEffect } from 'react';
import { isKey, isTyping } from '@/components/shared/keys';

/** Rows of the lists of a page that lead somewhere. */
const ROWS = '#content [role="row"], #content [data-rows] > li';
/** What gets the focus in a row. In a row of a table other buttons act on it. */
const linkOf = (row: HTMLElement): HTMLElement | null =>
  row.querySelector(row.getAttribute('role') === 'row' ? 'a[href], button[data-row]' : 'a[href], button');

/** Moves the focus between the rows of a page's lists. Lists that have keys of their own handle them first. */
export function useListKeys(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
      const step = isKey(event, 'nextRow') ? 1 : isKey(event, 'previousRow') ? -1 : 0;
      if (step === 0) return;
      const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => linkOf(row) !== null);
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      // The arrows scroll the page unless a row has the focus.
      if (rows.length === 0 || (at === -1 && event.key.startsWith('Arrow'))) return;
      event.preventDefault();
      const next = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
      if (next) linkOf(next)?.focus();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
