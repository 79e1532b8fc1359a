'use client';

import { useState } from 'react';

interface Identified {
  id: string;
}

interface Held<R> {
  /** what is shown: never pushed down by what arrived meanwhile */
  rows: R[];
  /** how many wait above */
  waiting: number;
  /** lets in what is in `rows` */
  release: () => void;
  /** lets in whatever the next reading brings: call it when the rows are read again from the top */
  reopen: () => void;
}

interface Accepted {
  scope: string;
  top: string | null;
  /** after reopening: the old top, which is not yet the answer */
  beyond: string | null;
}

/**
 * Keeps rows where they are while newer ones arrive above them. `scope` names the question (the filters):
 * another question starts anew. `head` may carry newer rows than `rows`, from a cheaper reading of the top only.
 */
export function useHeldRows<R extends Identified>(rows: readonly R[], scope: string, head: readonly R[] = []): Held<R> {
  const [held, setHeld] = useState<Accepted>({ scope, top: null, beyond: null });
  const first = rows[0]?.id ?? null;
  // The top row that was accepted; everything above it waits. A row that vanished accepts all again.
  const at = held.scope === scope && held.top !== null ? rows.findIndex((row) => row.id === held.top) : -1;
  const from = Math.max(0, at);
  const isNews = held.scope !== scope || (held.top !== first && held.beyond !== first);
  if (at < 0 && first !== null && isNews) setHeld({ scope, top: first, beyond: null });
  const known = new Set(rows.map((row) => row.id));
  const aheadEnd = head.findIndex((row) => known.has(row.id));
  const ahead = rows.length === 0 ? 0 : aheadEnd < 0 ? head.length : aheadEnd;
  return {
    rows: rows.slice(from),
    waiting: from + ahead,
    release: () => setHeld({ scope, top: first, beyond: null }),
    reopen: () => setHeld({ scope, top: null, beyond: first }),
  };
}
