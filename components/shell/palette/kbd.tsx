'use client';

import { type ReactNode, useSyncExternalStore } from 'react';

/** A keyboard key. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border bg-canvas px-1 font-sans text-2xs text-muted">
      {children}
    </kbd>
  );
}

const never = () => () => undefined;
const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether the keyboard has ⌘. Null on the server, which does not know it. */
export const useIsApple = (): boolean | null => useSyncExternalStore<boolean | null>(never, isApple, () => null);
