import { z } from 'zod';
import { DomainError } from '@/lib/domain/errors';

/** The body of a call that takes none: what is sent all the same is refused, not ignored. */
export const emptyBody = z.strictObject({});

/** Postgres text holds none, so such a value finds nothing and can't even be asked for. */
function nulIn(path: string): DomainError {
  const message = 'must not contain NUL characters';
  return new DomainError('invalid-request', `The query is not valid: ${path}: ${message}.`, {
    errors: [{ path, message }],
  });
}

/**
 * Query parameters as an object; one that is repeated becomes a list separated by commas, one without a value is not
 * there.
 * @throws DomainError `invalid-request` for NUL characters
 */
export function queryOf(request: Request): Record<string, string> {
  const { searchParams } = new URL(request.url);
  for (const [path, value] of searchParams) {
    if (value.includes('\u0000')) throw nulIn(path);
  }
  const given = (key: string) => searchParams.getAll(key).filter((value) => value !== '');
  const keys = [...new Set(searchParams.keys())].filter((key) => given(key).length > 0);
  return Object.fromEntries(keys.map((key) => [key, given(key).join(',')]));
}
