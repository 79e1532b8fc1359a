'use client';

import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Layout, Placed } from './layout';

/** Returns the running job that started last; if running jobs are folded, the fan that counts them. */
export function runningNow({ placed }: Layout): Placed | undefined {
  let newest: Placed | undefined;
  let began = '';
  let folded: Placed | undefined;
  for (const place of placed) {
    const { item } = place;
    if (item.kind === 'fan') {
      if (item.counts.active > 0) folded ??= place;
    } else if (item.node.status === 'active' && (item.node.job?.startedAt ?? '') >= began) {
      newest = place;
      began = item.node.job?.startedAt ?? '';
    }
  }
  return newest ?? folded;
}

export interface Follow {
  on: boolean;
  toggle: () => void;
  /** called when the user moves the view */
  stop: () => void;
}

/** Keeps the running job in the view until the user moves it. */
export function useFollow(layout: Layout, running: boolean, show: (placed: Placed) => void): Follow {
  const [on, setOn] = useState(running);
  const target = running && on ? runningNow(layout) : undefined;
  const key = target ? `${target.item.id} ${target.x} ${target.y}` : '';
  useEffect(() => {
    if (!key || !target) return;
    // The delay avoids jumps of the view while jobs are short.
    const timer = setTimeout(() => show(target), 250);
    return () => clearTimeout(timer);
  }, [key]);
  const toggle = useCallback(() => setOn((now) => !now), []);
  const stop = useCallback(() => setOn(false), []);
  return useMemo(() => ({ on: on && running, toggle, stop }), [on, running, toggle, stop]);
}
