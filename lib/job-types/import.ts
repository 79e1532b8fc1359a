import { z } from 'zod';
import { INTERNAL_TITLES } from '@/lib/contracts/internal-types';
import { DEFAULTS, defineJobType } from './definition';

/** Internal work of an import: fetches and unpacks the file, checks every row, and launches the batch. */
export const importRows = defineJobType({
  type: 'import',
  title: INTERNAL_TITLES.import,
  description: 'Reads a table for a launch: fetches it, checks every row, and writes the rows of the batch.',
  input: z.strictObject({
    importId: z.uuid(),
    revision: z
      .int()
      .describe('the revision of the import that the work is for; work for an older revision does nothing'),
    name: z.string().max(300).optional(),
  }),
  output: z.object({ outcome: z.enum(['done', 'void']), rows: z.int().optional() }),
  defaults: { ...DEFAULTS, maxAttempts: 3, timeoutMs: 2 * 60 * 60 * 1000 },
  consumerConcurrency: 2,
  internal: true,
  itemName: (d) => d.name,
});
