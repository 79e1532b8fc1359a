import { z } from 'zod';

/** A point in time: ISO 8601 in UTC. */
export const time = z.iso.datetime();

/** A whole number from 0. */
export const count = z.int().min(0);

/** The cursor of the next page of a list; null on the last page. */
export const nextCursor = z
  .string()
  .nullable()
  .describe('send it as `cursor` to get the next page; null on the last page');
