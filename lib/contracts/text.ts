import { z } from 'zod';

/** A string from a client, with a maximum length and without NUL, which Postgres cannot store. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((s) => !s.includes('\u0000'), 'must not contain NUL characters');

/** An object with a limited number of members. They are counted before validation, because validation costs more. */
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
