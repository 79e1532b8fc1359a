'use client';

import { useSearchParams } from 'next/navigation';
import { startTransition, useCallback, useMemo, useOptimistic, useRef } from 'react';

/** New values by parameter. Empty values are removed. */
type Changes = Record<string, string | readonly string[]>;
/** Stores changes in the URL; `pushState` makes a step that the back button takes. */
export type ChangeUrl = (changes: Changes, how?: 'pushState' | 'replaceState') => void;

/**
 * Keeps filters in the URL, so that they survive a reload and a link contains them. The router draws a change when it
 * has time; the values returned have it at once, so that a second change builds on the first.
 */
export function useUrlFilters(): [URLSearchParams, ChangeUrl] {
  const [text, show] = useOptimistic(useSearchParams().toString());
  const params = useMemo(() => new URLSearchParams(text), [text]);
  const change = useCallback<ChangeUrl>(
    (changes, how = 'replaceState') => {
      const next = new URLSearchParams(globalThis.location.search);
      for (const [name, value] of Object.entries(changes)) {
        const given = typeof value === 'string' ? value : value.join(',');
        if (given) next.set(name, given);
        else next.delete(name);
      }
      const query = next.toString().replaceAll('%2C', ',');
      startTransition(() => {
        show(next.toString());
        globalThis.history[how](null, '', query ? `?${query}` : globalThis.location.pathname);
      });
    },
    [show],
  );
  return [params, change];
}

/** Returns how a job is opened over the page and closed again. The back button closes it too. */
export function useOpenJob(change: ChangeUrl) {
  const pushed = useRef(false);
  const openJob = useCallback(
    (job: string) => {
      const first = !new URLSearchParams(globalThis.location.search).has('job');
      if (first) pushed.current = true;
      change({ job }, first ? 'pushState' : 'replaceState');
    },
    [change],
  );
  const closeJob = useCallback(() => {
    if (!pushed.current) return change({ job: '' });
    pushed.current = false;
    globalThis.history.back();
  }, [change]);
  return { openJob, closeJob };
}

/** The maximum length of each filter. Longer values in the URL are truncated. */
const LONGEST = { q: 200 };

/** Returns one text filter of the URL as an object to spread; empty if the filter is empty. */
export function textParam<Name extends keyof typeof LONGEST>(params: URLSearchParams, name: Name) {
  const value = params.get(name)?.slice(0, LONGEST[name]);
  return (value ? { [name]: value } : {}) as { [N in Name]?: string };
}
