'use client';

import { onDemand } from '@/components/ui/on-demand';

export type { AskedPause } from './pause-question';

/** Asks before everything is paused or resumed. */
export const PauseDialog = onDemand(
  () => import('./pause-question').then((module) => module.PauseQuestion),
  ({ asked }) => asked !== null,
);
