import { z } from 'zod';

/** A line of text from outside: bounded, and without NUL, which Postgres can't store. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((s) => !s.includes('\u0000'), 'must not contain NUL characters');
