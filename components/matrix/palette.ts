'use client';

import { useMemo } from 'react';
import { useThemeColours } from '@/components/ui/use-theme-colours';

export interface Palette {
  /** colour by matrix code */
  codes: string[];
  surface: string;
  ink: string;
  accent: string;
}

/** By matrix code, from 0. */
const CODES = [
  'status-pending',
  'status-active',
  'status-completed',
  'status-failed',
  'status-cancelled',
  'status-delayed',
] as const;
const NAMES = [...CODES, 'surface', 'ink', 'accent'] as const;

/** The theme's colours by what the matrix draws with them. */
export function usePalette(): Palette | null {
  const colours = useThemeColours(NAMES);
  return useMemo(
    () =>
      colours && {
        codes: CODES.map((name) => colours[name]),
        surface: colours.surface,
        ink: colours.ink,
        accent: colours.accent,
      },
    [colours],
  );
}
