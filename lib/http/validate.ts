import { z } from 'zod';
import { EventLoop } from '@/lib/config/event-loop';
import type { InputIssue } from '@/lib/contracts/errors';
import { MAX_ISSUES, toIssues } from '@/lib/contracts/issues';
import { DomainError } from '@/lib/domain/errors';
import { notValid } from '@/lib/domain/validate';

/** The schema of a call without a body. A body with fields is rejected. */
export const emptyBody = z.strictObject({});

/** Postgres text cannot contain NUL, so a query with such a value would fail there. */
function nulIn(path: string): DomainError {
  const message = 'must not contain NUL characters';
  return new DomainError('invalid-request', `The query is not valid: ${path}: ${message}.`, {
    errors: [{ path, message }],
  });
}

/**
 * Returns the query parameters as an object. Repeated parameters are joined with commas; parameters without a value
 * are omitted.
 * @throws DomainError `invalid-request` for NUL characters
 */
export function queryOf(request: Request): Record<string, string> {
  const values = new Map<string, string[]>();
  for (const [path, value] of new URL(request.url).searchParams) {
    if (value.includes('\u0000')) throw nulIn(path);
    const known = values.get(path);
    if (value === '') continue;
    if (known) known.push(value);
    else values.set(path, [value]);
  }
  return Object.fromEntries([...values].map(([path, given]) => [path, given.join(',')]));
}

/**
 * Validates each item of a long list against a schema, with pauses for other requests.
 * @throws DomainError `invalid-request` with the path of every invalid field
 */
export async function validateEach<S extends z.ZodType>(
  schema: S,
  list: unknown[],
  what: string,
  name: string,
): Promise<z.output<S>[]> {
  const eventLoop = new EventLoop();
  const valid: z.output<S>[] = [];
  const errors: InputIssue[] = [];
  for (const [i, item] of list.entries()) {
    const parsed = schema.safeParse(item);
    if (parsed.success) valid.push(parsed.data);
    else errors.push(...toIssues(parsed.error, [name, String(i)]));
    if (errors.length >= MAX_ISSUES) break;
    if (eventLoop.due) await eventLoop.yield();
  }
  if (errors.length > 0) throw notValid(what, errors.slice(0, MAX_ISSUES));
  return valid;
}
