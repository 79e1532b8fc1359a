import type { z } from 'zod';
import type { InputIssue } from '@/lib/contracts/errors';
import { toIssues } from '@/lib/contracts/issues';
import { DomainError } from './errors';

/** @throws DomainError `invalid-request` with the path of every invalid field */
export function validate<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw notValid(what, toIssues(parsed.error));
}

/** Returns the error for an invalid value. */
export function notValid(what: string, errors: InputIssue[]): DomainError {
  const first = errors[0];
  const firstIssue = first ? `: ${first.path ? `${first.path}: ` : ''}${first.message}` : '';
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return new DomainError('invalid-request', `${what} is not valid${firstIssue}${more}.`, { errors });
}
