import type { z } from 'zod';
import { doubleOf, ExactNumber, isFields } from '@/lib/contracts/json';
import { definitionOf, type JobType } from './catalogue';

/**
 * Validates an item against its type. In a number field, digits that are only a longer print of a double
 * (0.10000000000000001) are converted to that double. A number that a double would change is an issue.
 */
export function checkInput(type: JobType, data: unknown): z.ZodSafeParseResult<unknown> {
  const { input } = definitionOf(type);
  const parsed = input.safeParse(data);
  if (parsed.success) return parsed;
  const paths = parsed.error.issues.flatMap((issue) => wantsNumber(issue));
  const doubles = paths.reduce((copy, path) => withDouble(copy, path), data);
  return doubles === data ? parsed : input.safeParse(doubles);
}

/** Returns paths where a number was expected and another type was found, also inside of a union. */
function wantsNumber(issue: z.core.$ZodIssue, prefix: PropertyKey[] = []): PropertyKey[][] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_union') {
    return issue.errors.flatMap((way) => way.flatMap((inner) => wantsNumber(inner, path)));
  }
  return issue.code === 'invalid_type' ? [path] : [];
}

/** Returns the data with doubles at paths whose digits equal one, or the same object if there are none. */
function withDouble(data: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined) return data instanceof ExactNumber ? (doubleOf(data) ?? data) : data;
  if (Array.isArray(data)) {
    const next = withDouble(data[Number(key)], rest);
    return next === data[Number(key)] ? data : data.with(Number(key), next);
  }
  const name = String(key);
  if (!isFields(data) || !Object.hasOwn(data, name)) return data;
  const next = withDouble(data[name], rest);
  return next === data[name] ? data : { ...data, [name]: next };
}
