'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** Returns false for what the server renders, and for the first time in the browser, which must be the same. */
export const useMounted = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
