import { Rows3, Rows4 } from 'lucide-react';

export const DENSITIES = ['dense', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];

export const DENSITY_LOOK = {
  dense: { icon: Rows4, word: 'Dense' },
  comfortable: { icon: Rows3, word: 'Comfortable' },
};

/** The server reads it to render rows in their height at once. */
export const DENSITY_COOKIE = 'batchyard-density';

export const asDensity = (value: string | undefined): Density => (value === 'comfortable' ? value : 'dense');

/**
 * The height of a table row in pixels, the same as `--row` in globals.css. Virtual rows are positioned by this number.
 */
export const ROW_HEIGHT: Readonly<Record<Density, number>> = { dense: 32, comfortable: 40 };
