import { z } from 'zod';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineExternalJob } from './definition';

/** A child of `JobRunner.createDelayed`: a program of its own runs it, the product keeps the books. */
export const callback = defineExternalJob({
  type: 'callback',
  title: 'Callback',
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
