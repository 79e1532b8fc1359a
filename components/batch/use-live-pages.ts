'use client';

import { useEffect, useRef, useState } from 'react';
import { describeError } from '@/lib/client/api';
import { useConnection } from '@/lib/client/live/use-connection';
import { useRefreshBatchJobs } from '@/lib/client/queries/batch-items';
import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchJobList } from '@/lib/contracts/job';
import type { ItemFilters } from './use-item-filters';

const EVERY_MS = 2_500;
const SETTLE_MS = 200;

interface LivePages {
  batch: BatchDto;
  running: boolean;
  items: ItemFilters;
  pages: readonly BatchJobList[];
  /** first and last row on screen */
  visible: readonly [number, number];
  /** returns true while rows must not move, because the pointer is over them */
  hold: () => boolean;
}

/** Returns the pages that contain the given rows. */
export function pagesOf(
  pages: readonly { jobs: readonly unknown[] }[],
  [first, last]: readonly [number, number],
): [number, number] {
  let start = 0;
  let from = 0;
  let to = 0;
  pages.forEach((page, index) => {
    const end = start + page.jobs.length;
    if (first >= start && first < end) from = index;
    if (last >= start && last < end) to = index;
    start = end;
  });
  return [from, Math.max(from, to)];
}

/**
 * Refetches the rows on screen, because events of a fast batch are sampled: at intervals while the batch runs, once
 * after it ended, and when other rows come on screen. Returns the error message of the last failure, or null.
 */
export function useLivePages({ batch, running, items, pages, visible, hold }: LivePages): string | null {
  const refresh = useRefreshBatchJobs(batch.id, items.filters);
  const live = useConnection().state === 'live';
  const [tick, setTick] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const [from, to] = pagesOf(pages, visible);
  const filtered = items.status.length > 0 || items.warned;
  const holding = useRef(hold);
  useEffect(() => {
    holding.current = hold;
  }, [hold]);

  // After a reconnect, a long list is not refetched as a whole.
  const wasLive = useRef(live);
  useEffect(() => {
    if (live && !wasLive.current) setTick((n) => n + 1);
    wasLive.current = live;
  }, [live]);

  useEffect(() => {
    if (!running || !live) return;
    const timer = setInterval(() => setTick((n) => n + 1), EVERY_MS);
    return () => {
      clearInterval(timer);
      setTick((n) => n + 1);
    };
  }, [running, live]);

  useEffect(() => {
    // The page has already fetched the first rows.
    if (tick === 0 || document.hidden || (filtered && holding.current())) return;
    const timer = setTimeout(() => {
      refresh([from, to]).then(
        () => setProblem(null),
        (error: unknown) => setProblem(describeError(error)),
      );
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [tick, from, to, filtered, refresh]);
  return problem;
}
