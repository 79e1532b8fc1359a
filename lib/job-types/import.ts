import { z } from 'zod';
import { DEFAULTS, defineJobType } from './definition';

/** Work for an import, of the product's own making: fetching, unpacking, checking every row, launching. */
export const importRows = defineJobType({
  type: 'import',
  title: 'Import',
  description: 'Reads a table for a launch: fetches it, checks every row, and writes the rows of the batch.',
  input: z.strictObject({
    importId: z.uuid(),
    revision: z.int().describe('the state that the work is for; a later one makes it void'),
    name: z.string().max(300).optional(),
  }),
  output: z.object({ outcome: z.enum(['done', 'void']), rows: z.int().optional() }),
  defaults: { ...DEFAULTS, maxAttempts: 3, timeoutMs: 2 * 60 * 60 * 1000 },
  consumerConcurrency: 2,
  internal: true,
  itemName: (d) => d.name,
});
