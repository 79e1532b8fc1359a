'use client';

import { useSyncExternalStore } from 'react';

const QUERY = '(max-width: 639px)';

function watch(changed: () => void): () => void {
  const media = globalThis.matchMedia(QUERY);
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
}

/** Whether the screen is a phone's: only for geometry that CSS can't decide, such as a virtual row's height. */
export const usePhone = (): boolean =>
  useSyncExternalStore(
    watch,
    () => globalThis.matchMedia(QUERY).matches,
    () => false,
  );
