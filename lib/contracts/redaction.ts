import { z } from 'zod';
import { type JsonPath, parseJsonPath } from './json-path';
import { text } from './text';

/** What stands where a rule hid something. */
export const REDACTED = '[redacted]';

/** Kinds of personal data that are found in any text. Each is searched in linear time. */
export const REDACTION_PATTERNS = ['email', 'card', 'iban', 'phone'] as const;
export type RedactionPattern = (typeof REDACTION_PATTERNS)[number];

/** The parts of a job that a path may begin with. */
export const REDACTION_ROOTS = ['data', 'result', 'metadata'] as const;
export type RedactionRoot = (typeof REDACTION_ROOTS)[number];

export const MAX_REDACTION_PATHS = 100;

/**
 * Parses `data.customer.email`, `data.items.*.phone` or `result["full name"]`. A `*` stands for every member; a list on
 * the way stands for each of its items. Returns undefined for invalid syntax.
 */
export function parseRedactionPath(path: string): JsonPath | undefined {
  const parsed = parseJsonPath(`$.${path.replaceAll(/\.\*(?=[.[]|$)/g, '[*]')}`);
  const root = parsed?.[0]?.step;
  return REDACTION_ROOTS.some((known) => known === root) ? parsed : undefined;
}

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
