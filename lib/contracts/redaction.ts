import { z } from 'zod';
import { parseRedactionPath, REDACTION_PATTERNS, REDACTION_ROOTS } from './redaction-paths';
import { text } from './text';

export const MAX_REDACTION_PATHS = 100;

const redactionPath = text(200).refine((path) => parseRedactionPath(path) !== undefined, {
  error: `is not a path such as data.customer.email or data.items.*.phone; it begins with ${REDACTION_ROOTS.join(', ')}`,
});

export const redactionDto = z
  .strictObject({
    paths: z
      .array(redactionPath)
      .max(MAX_REDACTION_PATHS)
      .describe('fields that are hidden whole, such as `data.customer.email`; `*` stands for every member'),
    patterns: z
      .array(z.enum(REDACTION_PATTERNS))
      .max(REDACTION_PATTERNS.length)
      .describe('kinds of personal data that are hidden in every text'),
  })
  .meta({
    id: 'Redaction',
    description: 'What those who may not see payloads unredacted do not see. It changes nothing that is stored.',
  });
export type RedactionDto = z.infer<typeof redactionDto>;

export const redactionAnswer = z.object({ redaction: redactionDto });
export type RedactionAnswer = z.infer<typeof redactionAnswer>;
