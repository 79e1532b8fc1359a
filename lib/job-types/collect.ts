import { z } from 'zod';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

/** The parent of a fan-out: combines the results of its children. */
export const collect = defineJobType({
  type: 'collect',
  title: 'Collect',
  description: 'Puts the results of its children in a flow together: all values, their number and their sum.',
  input: z.strictObject({
    field: text(200).optional().describe('where the value is in each child’s result, such as payload.count'),
  }),
  output: z.object({
    values: z.array(z.unknown()).describe('of the children that completed, in their order'),
    count: z.int(),
    sum: z.union([z.number(), z.bigint()]).nullable().describe('of the values that are numbers; null if none is'),
    failures: z.record(z.string(), z.string()).describe('why children failed that did not hold it back, by job id'),
    pending: z.array(z.string()).describe('children that it did not wait for'),
  }),
  defaults: DEFAULTS,
  consumerConcurrency: 20,
});
