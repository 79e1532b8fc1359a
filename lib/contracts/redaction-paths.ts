import { type JsonPath, parseJsonPath } from './json-path';

/** What stands where a rule hid something. */
export const REDACTED = '[redacted]';

/** Kinds of personal data that are found in any text. Each is searched in linear time. */
export const REDACTION_PATTERNS = ['email', 'card', 'iban', 'phone'] as const;
export type RedactionPattern = (typeof REDACTION_PATTERNS)[number];

/** The parts of a job that a path may begin with. */
export const REDACTION_ROOTS = ['data', 'result', 'metadata'] as const;
export type RedactionRoot = (typeof REDACTION_ROOTS)[number];

/**
 * Parses `data.customer.email`, `data.items.*.phone` or `result["full name"]`. A `*` stands for every member; a list on
 * the way stands for each of its items. Returns undefined for invalid syntax.
 */
export function parseRedactionPath(path: string): JsonPath | undefined {
  const parsed = parseJsonPath(`$.${path.replaceAll(/\.\*(?=[.[]|$)/g, '[*]')}`);
  const root = parsed?.[0]?.step;
  return REDACTION_ROOTS.some((known) => known === root) ? parsed : undefined;
}
