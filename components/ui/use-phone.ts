'use client';

import { useSyncExternalStore } from 'react';

const QUERY = '(max-width: 639px)';

function watch(changed: () => void): () => void {
  const media = globalThis.matchMedia(QUERY);
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
}

/**
 * Returns whether the screen is phone sized. Use it only where CSS can't decide, such as the height of a virtual row.
 */
export const usePhone = (): boolean =>
  useSyncExternalStore(
    watch,
    () => globalThis.matchMedia(QUERY).matches,
    () => false,
  );
