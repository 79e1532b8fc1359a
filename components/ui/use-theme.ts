'use client';

import { useSyncExternalStore } from 'react';
import { asTheme, THEME_COOKIE, type Theme } from './theme';

const listeners = new Set<() => void>();

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns the theme that this browser has stored. @param initial the server's value of the cookie */
export const useTheme = (initial: Theme): Theme =>
  useSyncExternalStore(
    watch,
    () => asTheme(document.documentElement.dataset.theme),
    () => initial,
  );

/** Applies a theme now, and stores it in a cookie so that the server renders it next time. */
export function applyTheme(theme: Theme): void {
  const age = theme === 'system' ? 0 : 365 * 24 * 3600;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in plain-http contexts
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${age}; samesite=lax`;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}
