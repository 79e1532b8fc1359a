import { z } from 'zod';

/** A string from a client, with a maximum length and without NUL, which Postgres cannot store. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((s) => !s.includes('\u0000'), 'must not contain NUL characters');

/**
 * Characters that a name must not have: controls, halves of a character, line breaks, and what changes the direction of
 * text. A screen or a terminal that shows such a name would show something else than what is stored.
 */
const DECEPTIVE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Printable ASCII with single blanks: nothing to clean. Most names of a million rows are such. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** Reduces white space and breaks to one blank, and removes controls and what changes the direction of text. */
export const cleanLine = (given: string): string =>
  PLAIN.test(given)
    ? given
    : given.normalize('NFC').replace(/\s+/g, ' ').replace(DECEPTIVE, '').replace(/ +/g, ' ').trim();

/** One line that people read, of at most `max` characters: cleaned as {@link cleanLine} does. */
export const line = (max: number) =>
  // What is too long is refused: to clean 10 MB of combining marks would hold up everybody.
  text(max).overwrite((given) => (given.length > max ? given : cleanLine(given)));

/** A name: a line that is not empty. */
export const name = (max: number) => line(max).min(1);

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
