import { z } from 'zod';
import { record } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

export const modelPredict = defineJobType({
  type: 'model-predict',
  title: 'Model prediction',
  description: 'Predicts the class of one row with a model that Model training saved.',
  input: z.strictObject({
    modelFileId: z.uuid().describe('the modelFileId in the result of a model-training job'),
    row: record(z.string().max(200), z.unknown(), 10_000).describe(
      'the columns that the model was trained on, by name',
    ),
  }),
  output: z.object({
    label: z.string(),
    probability: z.number(),
    /** class probabilities, the highest first, at most ten */
    probabilities: z.array(z.object({ label: z.string(), probability: z.number() })),
    /** columns of the model without a value in the row */
    missing: z.array(z.string()),
  }),
  defaults: { ...DEFAULTS, maxAttempts: 3, timeoutMs: 60_000 },
  consumerConcurrency: 50,
  fromCsv: ({ modelFileId, ...row }) => ({ modelFileId, row }),
});
