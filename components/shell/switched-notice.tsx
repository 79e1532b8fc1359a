'use client';

import { useEffect, useState } from 'react';
import { onDemand } from '@/components/ui/on-demand';
import { onSwitch } from '@/lib/client/api';
import type { ViewerDto } from '@/lib/contracts/system';

const SwitchedDialog = onDemand(
  () => import('./switched-dialog').then((module) => module.SwitchedDialog),
  ({ switched }) => switched,
);

/**
 * Covers the page when the session works in another organization, because another tab switched: what is on screen
 * belongs to the one that the page shows, and an action here would not.
 */
export function SwitchedNotice({ viewer }: { viewer: ViewerDto }) {
  const [switched, setSwitched] = useState(false);
  useEffect(() => onSwitch(() => setSwitched(true)), []);
  return <SwitchedDialog organization={viewer.organization} switched={switched} />;
}
