'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** Keeps filters in the URL, so that they survive a reload and a link contains them. Empty values are removed. */
export function useUrlFilters(): [URLSearchParams, (changes: Record<string, string | readonly string[]>) => void] {
  const params = useSearchParams();
  const change = useCallback((changes: Record<string, string | readonly string[]>) => {
    const next = new URLSearchParams(globalThis.location.search);
    for (const [name, value] of Object.entries(changes)) {
      const text = typeof value === 'string' ? value : value.join(',');
      if (text) next.set(name, text);
      else next.delete(name);
    }
    const query = next.toString().replaceAll('%2C', ',');
    globalThis.history.replaceState(null, '', query ? `?${query}` : globalThis.location.pathname);
  }, []);
  return [params, change];
}

/** The maximum length of each filter. Longer values in the URL are truncated. */
const LONGEST = { q: 200 };

/** Returns one text filter of the URL as an object to spread; empty if the filter is empty. */
export function textParam<Name extends keyof typeof LONGEST>(params: URLSearchParams, name: Name) {
  const value = params.get(name)?.slice(0, LONGEST[name]);
  return (value ? { [name]: value } : {}) as { [N in Name]?: string };
}
