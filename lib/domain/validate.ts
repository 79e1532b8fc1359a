import type { z } from 'zod';
import { toIssues } from '@/lib/contracts/issues';
import { DomainError } from './errors';

/** @throws DomainError `invalid-request` with the path of every wrong field */
export function validate<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = toIssues(parsed.error);
  const first = errors[0];
  const told = first ? `: ${first.path ? `${first.path}: ` : ''}${first.message}` : '';
  throw new DomainError(
    'invalid-request',
    `${what} is not valid${told}${errors.length > 1 ? `, and ${errors.length - 1} more` : ''}.`,
    {
      errors,
    },
  );
}
