'use client';

import { useMemo } from 'react';
import { useThemeColors } from '@/components/ui/use-theme-colors';
import type { JobStatus } from '@/lib/contracts/status';

/** The status for each byte value of the matrix. */
export const CODE_STATUS: readonly JobStatus[] = ['pending', 'active', 'completed', 'failed', 'cancelled', 'delayed'];

export const statusOf = (code: number | undefined): JobStatus => CODE_STATUS[code ?? 0] ?? 'pending';

export interface Palette {
  /** colors, indexed by matrix code */
  codes: string[];
  surface: string;
  ink: string;
  accent: string;
}

/** Color tokens, indexed by matrix code. */
const CODES = [
  'status-pending',
  'status-active',
  'status-completed',
  'status-failed',
  'status-cancelled',
  'status-delayed',
] as const;
const NAMES = [...CODES, 'surface', 'ink', 'accent'] as const;

/** Returns the theme's colors, keyed by their use in the matrix; null until they are known. */
export function usePalette(): Palette | null {
  const colors = useThemeColors(NAMES);
  return useMemo(
    () =>
      colors && {
        codes: CODES.map((name) => colors[name]),
        surface: colors.surface,
        ink: colors.ink,
        accent: colors.accent,
      },
    [colors],
  );
}
