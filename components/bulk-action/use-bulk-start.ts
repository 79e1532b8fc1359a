'use client';

import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/lib/client/api';
import {
  type EstimateInput,
  useContinueEstimate,
  useEstimate,
  useStartBulkAction,
} from '@/lib/client/mutations/bulk-actions';
import type { BulkActionDto, BulkActionEstimate } from '@/lib/contracts/bulk-action';

/** Why the estimate that is shown is not the one that was shown before. */
export type Renewed = { why: 'expired' } | { why: 'moved'; before: number } | null;

interface Held {
  estimate: BulkActionEstimate;
  /** what it is the estimate of */
  of: string;
}

const isPart = ({ searched }: BulkActionEstimate): boolean => searched !== null && !searched.all;

/** The server no longer has the estimate, or it has expired. */
const isGone = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 409 || error.status === 410);

/**
 * Estimates and starts a bulk action. What starts is always what was shown: if the number has changed since, or the
 * estimate has expired, the new estimate is shown and nothing starts.
 */
export function useBulkStart() {
  const asking = useEstimate();
  const going = useContinueEstimate();
  const starting = useStartBulkAction();
  /** The estimate that is being made. Another one, other rules and the end of the dialog take its place. */
  const current = useRef<{ stopped: boolean } | null>(null);
  useEffect(
    () => () => {
      current.current = null;
    },
    [],
  );
  const [held, setHeld] = useState<Held | null>(null);
  const [renewed, setRenewed] = useState<Renewed>(null);

  const ask = async (input: EstimateInput, why: (estimate: BulkActionEstimate) => Renewed) => {
    const mine = { stopped: false };
    current.current = mine;
    const estimate = await asking.mutateAsync(input);
    const whole = await searchOn(mine, estimate, JSON.stringify(input));
    if (current.current === mine) setRenewed(why(whole));
    return whole;
  };

  /** Goes on until everything was searched or an answer brings nothing more, and shows what was found so far. */
  const searchOn = async (
    mine: { stopped: boolean },
    first: BulkActionEstimate,
    of: string,
  ): Promise<BulkActionEstimate> => {
    let estimate = first;
    const show = () => {
      if (current.current === mine) setHeld({ estimate, of });
    };
    going.reset();
    show();
    let more = true;
    while (more && isPart(estimate) && !mine.stopped && current.current === mine) {
      const before = estimate.searched?.rows ?? 0;
      estimate = await going.mutateAsync(estimate.token);
      more = (estimate.searched?.rows ?? 0) > before;
      show();
    }
    return estimate;
  };
  const estimate = async (input: EstimateInput): Promise<void> => {
    starting.reset();
    // The error is shown from the state of the mutation.
    await ask(input, () => null).catch(() => undefined);
  };

  /** Returns the started action; null if there is something to look at first. */
  const start = async (input: EstimateInput): Promise<BulkActionDto | null> => {
    if (!held) return null;
    try {
      let current = held.estimate;
      if (held.of !== JSON.stringify(input)) {
        const before = current.changes;
        current = await ask(input, ({ changes }) => (changes === before ? null : { why: 'moved', before }));
        if (current.changes !== before) return null;
      }
      return await starting.mutateAsync(current.token);
    } catch (error) {
      if (!isGone(error)) return null;
      starting.reset();
      await ask(input, () => ({ why: 'expired' })).catch(() => undefined);
      return null;
    }
  };
  return {
    estimate: held?.estimate ?? null,
    renewed,
    asking: asking.isPending || going.isPending,
    /** the search of the shown estimate goes on */
    searching: going.isPending,
    stopSearching: () => {
      if (current.current) current.current.stopped = true;
    },
    goOn: async (): Promise<void> => {
      if (!held) return;
      const mine = { stopped: false };
      current.current = mine;
      await searchOn(mine, held.estimate, held.of).catch(() => undefined);
    },
    starting: starting.isPending,
    error: starting.error ?? going.error ?? asking.error,
    ask: estimate,
    start,
    /** the shown estimate is not one of these rules any more */
    forget: () => {
      current.current = null;
      setHeld(null);
    },
  };
}
