'use client';

import { useEffect } from 'react';
import { useConnection } from '@/lib/client/live/use-connection';
import { useCapacity } from '@/lib/client/queries/system';

const MARK = {
  /** in progress: the half-filled disc */
  running:
    '<circle cx="8" cy="8" r="6" fill="#fff" stroke="#0b67c9" stroke-width="2"/><path d="M8 4a4 4 0 0 1 0 8Z" fill="#0b67c9"/>',
  /** not connected: a broken ring */
  lost: '<circle cx="8" cy="8" r="6" fill="#fff" stroke="#6b665e" stroke-width="2" stroke-dasharray="3 2.4"/>',
};

const asIcon = (shape: string): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shape}</svg>`)}`;

/** The favicon shows whether a batch runs, and whether the connection is lost. */
export function LiveFavicon() {
  const { data: capacity } = useCapacity();
  const { state } = useConnection();
  const lost = state === 'reconnecting' || state === 'offline';
  const mark = lost ? 'lost' : (capacity?.activeBatches ?? 0) > 0 ? 'running' : null;
  useEffect(() => {
    if (!mark) return;
    const icon = document.createElement('link');
    icon.rel = 'icon';
    icon.type = 'image/svg+xml';
    icon.href = asIcon(MARK[mark]);
    document.head.append(icon);
    return () => icon.remove();
  }, [mark]);
  return null;
}
