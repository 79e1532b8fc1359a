import type { SearchedDto } from '@/lib/contracts/job';

/** How far a search has come that reads from the newest rows back. */
export interface Searched {
  rows: number;
  /** the search stopped at its limit of time, and goes on when it is asked to */
  isPaused: boolean;
}

interface Page {
  nextCursor: string | null;
  searched?: SearchedDto;
}

/** Adds up the pages of a list. Undefined for a list without a query. @param countOf the rows of a page */
export function searchedOf<P extends Page>(
  pages: readonly P[] | undefined,
  limit: number,
  countOf: (page: P) => number,
) {
  const last = pages?.at(-1);
  if (!pages || !last?.searched) return undefined;
  const rows = pages.reduce((sum, page) => sum + (page.searched?.rows ?? 0), 0);
  const isPaused = last.nextCursor !== null && !last.searched.all && countOf(last) < limit;
  return { rows, isPaused } satisfies Searched;
}
