import { z } from 'zod';

/** A line of text from outside: bounded, and without NUL, which Postgres can't store. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((s) => !s.includes('\u0000'), 'must not contain NUL characters');

/** An object with so many members at most, counted before they are looked at: each costs more than counting all. */
export const record = <V extends z.ZodType>(key: z.ZodString, value: V, most: number) =>
  z.preprocess(
    (given, context) => {
      if (typeof given !== 'object' || given === null || Object.keys(given).length <= most) return given;
      context.issues.push({
        code: 'custom',
        input: undefined,
        message: `has more than ${most.toLocaleString('en')} members`,
      });
      return z.NEVER;
    },
    z.record(key, value),
  );
