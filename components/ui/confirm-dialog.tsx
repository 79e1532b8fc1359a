'use client';

import { onDemand } from './on-demand';

/** Asks for confirmation before an irreversible action, and shows its effect. */
export const ConfirmDialog = onDemand(
  () => import('./overlays/confirm').then((module) => module.Confirm),
  ({ open }) => open,
);
