'use client';

import { useState } from 'react';

interface Identified {
  id: string;
}

interface Held<R> {
  /** the shown rows; new rows do not move them down */
  rows: R[];
  /** number of new rows that wait above */
  waiting: number;
  /** shows the new rows of `rows` */
  release: () => void;
  /** accepts all rows of the next read; call it when the list is refetched from the top */
  reopen: () => void;
}

interface Accepted {
  scope: string;
  top: string | null;
  /** after `reopen`: the old top row; while it is still on top, the new rows have not arrived */
  beyond: string | null;
}

/** The query that reads the rows. */
interface Reading {
  isFetching: boolean;
  isFetchedAfterMount: boolean;
}

/**
 * Keeps rows in place while newer rows arrive above them. `scope` identifies the query (the filters): another scope
 * resets the state. `head` may hold newer rows than `rows`, from a cheaper read of the top only.
 */
export function useHeldRows<R extends Identified>(
  rows: readonly R[],
  { isFetching, isFetchedAfterMount }: Reading,
  scope: string,
  head: readonly R[] = [],
): Held<R> {
  const [held, setHeld] = useState<Accepted>({ scope, top: null, beyond: null });
  const first = rows[0]?.id ?? null;
  // The top row that was accepted; rows above it wait. If that row is gone, all rows are accepted.
  const at = held.scope === scope && held.top !== null ? rows.findIndex((row) => row.id === held.top) : -1;
  const from = Math.max(0, at);
  const isNews = held.scope !== scope || (held.top !== first && held.beyond !== first);
  // Rows that a page remembered are read again when it opens. Nobody has looked at the old ones, so nothing waits.
  const isOpening = isFetching && !isFetchedAfterMount;
  if (at < 0 && first !== null && isNews && !isOpening) setHeld({ scope, top: first, beyond: null });
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
