import { z } from 'zod';
import { DEFAULTS, defineJobType } from './definition';

/** Simulates load and faults: waits, computes, reports steps, then ends as its input specifies. */
export const diagnostic = defineJobType({
  type: 'diagnostic',
  title: 'Diagnostic',
  description:
    'Waits, computes, reports progress and ends as its input says. For trying things out and for load tests.',
  input: z
    .strictObject({
      durationMs: z.int().min(0).max(60_000).optional().describe('milliseconds to wait'),
      cpuMs: z.int().min(0).max(10_000).optional().describe('milliseconds of computing'),
      outcome: z
        .enum(['complete', 'fail', 'fail-once', 'crash'])
        .optional()
        .describe('how it ends; fail-once fails its first attempt only, crash kills its process'),
      steps: z.int().min(0).max(100).optional().describe('progress updates on the way'),
      warnings: z.int().min(0).max(100).optional().describe('warnings that it reports'),
      tokens: z.int().min(0).max(1_000_000).optional().describe('tokens that each attempt reports as its cost'),
      usd: z.number().min(0).max(1000).optional().describe('dollars that each attempt reports as its cost'),
      payload: z.unknown().optional().describe('given back in the result'),
    })
    .meta({
      examples: Array.from({ length: 24 }, (_, i) => ({ durationMs: 200 + (i % 5) * 150, payload: { number: i + 1 } })),
    }),
  output: z.object({ payload: z.unknown().optional(), attempt: z.int() }),
  defaults: DEFAULTS,
  consumerConcurrency: 500,
});
