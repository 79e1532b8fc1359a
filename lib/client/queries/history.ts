'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { HistoryDto } from '@/lib/contracts/history';
import type { HistoryStep } from '@/lib/contracts/history-steps';

/** What to read: a span that ends now and moves with it, or a fixed one. */
export interface HistoryQuestion {
  step: HistoryStep;
  span: { lastMs: number } | { from: string; to: string };
  type?: string | undefined;
  /** the same span, so many milliseconds earlier */
  backMs?: number | undefined;
}

/** A point is complete at once, so the last one changes with every read. */
const EVERY_MS: Readonly<Record<HistoryStep, number>> = { minute: 5_000, hour: 15_000, day: 60_000 };

const moment = (at: number): string => new Date(at).toISOString();

/** Reads the history again and again, while its end is now. */
export function useHistory(question: HistoryQuestion, { enabled = true } = {}) {
  const { step, span, type, backMs = 0 } = question;
  const moves = 'lastMs' in span;
  return useQuery({
    queryKey: keys.history(question),
    enabled,
    // Another question shows the answer of the last one until its own is there, so that the page keeps its height.
    placeholderData: keepPreviousData,
    refetchInterval: moves ? EVERY_MS[step] : false,
    queryFn: ({ signal }) => {
      const now = Date.now();
      const from = (moves ? now - span.lastMs : Date.parse(span.from)) - backMs;
      const to = (moves ? now : Date.parse(span.to)) - backMs;
      return api<HistoryDto>('/history', { signal, query: { step, type, from: moment(from), to: moment(to) } });
    },
  });
}
