'use client';

import { usePathname } from 'next/navigation';
import { useEffect } from 'react';
import { loadDemanded, whenIdle } from '@/components/ui/on-demand';

/** Loads menus, tooltips and dialogs when the page is idle, so that the first one opens at once. */
export function LoadDemanded() {
  const path = usePathname();
  // Each page brings its own.
  useEffect(() => whenIdle(loadDemanded), [path]);
  return null;
}
