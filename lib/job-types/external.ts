import { z } from 'zod';
import { DEFAULTS, defineExternalJob } from './definition';

/** Jobs for other BullMQ clients in any language: their workers run the jobs, Batchyard records and counts them. */
export const external = defineExternalJob({
  type: 'external',
  title: 'External',
  description: 'Done by a BullMQ worker of your own, in any language, on the queue "external"; counted and shown here.',
  input: z.record(z.string(), z.unknown()).describe('what your worker is given; any object'),
  output: z.unknown(),
  defaults: DEFAULTS,
  consumerConcurrency: 1000,
  itemName: (d) => [d.name, d.title].find((v): v is string => typeof v === 'string')?.slice(0, 200),
});
