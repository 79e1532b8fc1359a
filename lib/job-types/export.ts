import { z } from 'zod';
import { INTERNAL_TITLES } from '@/lib/contracts/internal-types';
import { EXPORT_SUBJECTS } from '@/lib/contracts/privacy';
import { DEFAULTS, defineJobType } from './definition';

/** Internal work of an export of data: writes a ZIP that only the person who asked for it can open. */
export const exportData = defineJobType({
  type: 'export',
  title: INTERNAL_TITLES.export,
  description: 'Collects the data of a person or of an organization in a ZIP.',
  input: z.strictObject({
    of: z.enum(EXPORT_SUBJECTS),
    for: z.string().describe('the id of the person or key that asked for it, and who alone can open it'),
  }),
  output: z.object({ fileId: z.uuid(), bytes: z.int() }),
  defaults: { ...DEFAULTS, maxAttempts: 3, timeoutMs: 2 * 60 * 60 * 1000 },
  consumerConcurrency: 1,
  internal: true,
  itemName: (d) => (d.of === 'me' ? 'Export of personal data' : 'Export of the organization'),
});
