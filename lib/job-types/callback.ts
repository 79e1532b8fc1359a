import { z } from 'zod';
import { INTERNAL_TITLES } from '@/lib/contracts/internal-types';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineExternalJob } from './definition';

/** A child of `JobRunner.createDelayed`: your own program runs it, Batchyard delivers it and records the outcome. */
export const callback = defineExternalJob({
  type: 'callback',
  title: INTERNAL_TITLES.callback,
  description: 'Work that a program of yours does itself (JobRunner); the product delivers, counts and shows it.',
  input: z.strictObject({
    topic: text(200).optional().describe('who is to do it'),
    message: z.unknown().optional().describe('what it is given'),
  }),
  output: z.unknown(),
  defaults: { ...DEFAULTS, timeoutMs: 24 * 3600 * 1000 },
  consumerConcurrency: 100,
  internal: true,
});
