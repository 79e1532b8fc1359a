import { z } from 'zod';
import { ROLES } from './permissions';

/** A point in time: ISO 8601 in UTC. */
export const time = z.iso.datetime();

/** A whole number from 0. */
export const count = z.int().min(0);

/** The cursor of the next page of a list; null on the last page. */
export const nextCursor = z
  .string()
  .nullable()
  .describe('send it as `cursor` to get the next page; null on the last page');

/** The text of a query (docs/queries.md). What it may contain is checked by `lib/query`, which says where a problem is. */
export const queryText = z
  .string()
  .max(10_000)
  .describe(
    'such as `status:failed type:diagnostic data.customer:acme created:>2d`; combines with the other parameters',
  );

/** A role in an organization. */
export const role = z.enum(ROLES);
