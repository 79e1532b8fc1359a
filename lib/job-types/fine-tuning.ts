import { z } from 'zod';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

const DAY_MS = 24 * 3600 * 1000;

const auto = <T extends z.ZodType>(value: T) => z.union([z.literal('auto'), value]).optional();

export const fineTuning = defineJobType({
  type: 'fine-tuning',
  title: 'Fine-tuning',
  description:
    'Checks a JSONL file of examples, uploads it to the configured OpenAI-compatible endpoint, starts a fine-tuning job there and follows it to its end.',
  input: z.strictObject({
    fileId: z.uuid().describe('training examples, one JSON object a line'),
    validationFileId: z.uuid().optional().describe('examples that only measure'),
    model: text(200).min(1).describe('the model to start from, as the endpoint names it'),
    method: z
      .enum(['supervised', 'dpo'])
      .default('supervised')
      .describe('dpo: pairs of a preferred and another answer'),
    suffix: text(64)
      .regex(/^[\w-]*$/, 'may hold letters, digits, _ and -')
      .optional()
      .describe('becomes part of the name of the new model'),
    seed: z.int().min(0).max(2_147_483_647).optional().describe('the same seed for the same result, where supported'),
    epochs: auto(z.int().min(1).max(50)).describe('auto, or 1–50'),
    batchSize: auto(z.int().min(1).max(1024)).describe('auto, or 1–1024'),
    learningRateMultiplier: auto(z.number().positive().max(100)).describe('auto, or a factor'),
  }),
  output: z.object({
    model: z.string(),
    remoteJobId: z.string(),
    trainedTokens: z.number().nullable(),
    examples: z.int(),
    finalLoss: z.number().nullable(),
    finalValidationLoss: z.number().nullable(),
    checkpoints: z.array(z.object({ step: z.number(), model: z.string() })),
  }),
  defaults: { ...DEFAULTS, maxAttempts: 5, backoff: { type: 'exponential', delay: 5000 }, timeoutMs: 7 * DAY_MS },
  consumerConcurrency: 50,
  itemName: (d) => (d.suffix ? `${d.model} · ${d.suffix}` : d.model),
});
