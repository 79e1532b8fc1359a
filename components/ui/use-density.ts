'use client';

import { useSyncExternalStore } from 'react';
import { asDensity, DENSITY_COOKIE, type Density, ROW_HEIGHT } from './density';

const listeners = new Set<() => void>();

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns the row density that this browser has stored. */
export const useDensity = (): Density =>
  useSyncExternalStore(
    watch,
    () => asDensity(document.documentElement.dataset.density),
    () => 'dense',
  );

/** Returns the height of a table's rows on a desktop, in pixels. */
export const useRowHeight = (): number => ROW_HEIGHT[useDensity()];

/** Applies a density now, and stores it in a cookie so that the server renders it next time. */
export function applyDensity(density: Density): void {
  const age = density === 'dense' ? 0 : 365 * 24 * 3600;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in plain-http contexts
  document.cookie = `${DENSITY_COOKIE}=${density}; path=/; max-age=${age}; samesite=lax`;
  if (density === 'dense') delete document.documentElement.dataset.density;
  else document.documentElement.dataset.density = density;
  for (const listener of listeners) listener();
}
