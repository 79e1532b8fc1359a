import type { BatchOptions } from './batch-options';
import { OPTION_DEFAULTS } from './bounds';
import { defined } from './defined';
import type { JobTypeDefaults } from './job-type';

/** Returns the effective options of a batch: its own, then the defaults of its type, then the general defaults. */
export function effectiveOptions(options: BatchOptions, { timeoutMs: _, ...ofType }: JobTypeDefaults) {
  return { ...OPTION_DEFAULTS, ...ofType, ...defined(options) };
}

export type EffectiveOptions = ReturnType<typeof effectiveOptions>;
