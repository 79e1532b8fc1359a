'use client';

import { usePathname } from 'next/navigation';
import { useEffect } from 'react';
import { loadDemanded, whenIdle } from '@/components/ui/on-demand';

/** The mark in the browser's timeline from which on more is loaded than the page needs at first. */
const LOADING_MARK = 'load-demanded';

/** Loads menus, tooltips and dialogs when the page is idle, so that the first one opens at once. */
export function LoadDemanded() {
  const path = usePathname();
  // Each page brings its own.
  useEffect(
    () =>
      whenIdle(() => {
        performance.mark(LOADING_MARK);
        return loadDemanded();
      }),
    [path],
  );
  return null;
}
