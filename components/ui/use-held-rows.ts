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
  /** lets them in */
  release: () => void;
}

/**
 * Keeps rows where they are while newer ones arrive above them. `scope` names the question (the filters):
 * another question starts anew. `head` may carry newer rows than `rows`, from a cheaper reading of the top only.
 */
export function useHeldRows<R extends Identified>(rows: readonly R[], scope: string, head: readonly R[] = []): Held<R> {
  const [held, setHeld] = useState<{ scope: string; top: string | null }>({ scope, top: null });
  const first = rows[0]?.id ?? null;
  // The top row that was accepted; everything above it waits. A row that vanished accepts all again.
  const at = held.scope === scope && held.top !== null ? rows.findIndex((row) => row.id === held.top) : -1;
  const from = Math.max(0, at);
  if (at < 0 && first !== null && (held.scope !== scope || held.top !== first)) setHeld({ scope, top: first });
  const known = new Set(rows.map((row) => row.id));
  const aheadEnd = head.findIndex((row) => known.has(row.id));
  const ahead = rows.length === 0 ? 0 : aheadEnd < 0 ? head.length : aheadEnd;
  return {
    rows: rows.slice(from),
    waiting: from + ahead,
    release: () => setHeld({ scope, top: first }),
  };
}
