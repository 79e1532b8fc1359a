'use client';

import { useEffect, useRef } from 'react';

/** What can be done on a page, as the palette lists it. */
export interface PageAction {
  id: string;
  title: string;
  /** more search terms */
  words?: string;
  /** it changes something at once: it is never what Enter does before anything was typed or chosen */
  changes?: boolean;
  /** why it can't be done now; null if it can */
  reason?: string | null;
  run: () => void;
}

interface Offer {
  /** the heading over them: `This batch` */
  group: string;
  actions: readonly PageAction[];
}

const offers = new Set<{ current: Offer }>();

/** Offers actions in the palette for as long as the caller is mounted. Destructive ones open their confirmation. */
export function usePageActions(group: string, actions: readonly PageAction[]): void {
  const offer = useRef<Offer>({ group, actions });
  useEffect(() => {
    offer.current = { group, actions };
  });
  useEffect(() => {
    offers.add(offer);
    return () => {
      offers.delete(offer);
    };
  }, []);
}

/** Returns what the mounted pages offer at this moment. */
export const offeredActions = (): readonly Offer[] => [...offers].map(({ current }) => current);
