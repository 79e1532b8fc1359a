import { z } from 'zod';
import { VALUE_FIELDS } from './choices';
import { count, queryText } from './fields';
import { searchedDto } from './job';
import { VIEW_LISTS } from './view';

/** Maximum number of suggested values. */
export const MAX_VALUES = 12;

export const listValuesQuery = z.strictObject({
  of: z.enum(VIEW_LISTS).describe('the list that is searched'),
  field: z.enum(VALUE_FIELDS),
  value: z.string().max(200).default('').describe('a part of the values, without regard to case'),
});
export type ListValuesQuery = z.infer<typeof listValuesQuery>;

const queryValue = z.object({ value: z.string(), count: count.describe('how often it was used lately') });

export const valueList = z
  .object({ values: z.array(queryValue).describe('those that begin with the text come first') })
  .meta({ id: 'QueryValues', description: `At most ${MAX_VALUES} values of a field, of the newest records.` });
export type ValueList = z.infer<typeof valueList>;

export const countJobsQuery = z.strictObject({ query: queryText.default('') });
export type CountJobsQuery = z.infer<typeof countJobsQuery>;

export const jobCountDto = z
  .object({
    count: count.describe('jobs that match, of those that were searched'),
    byStatus: z.record(z.string(), count),
    searched: searchedDto,
  })
  .meta({ id: 'JobCount', description: 'How many jobs match a query; with `searched.all` it is exact.' });
export type JobCountDto = z.infer<typeof jobCountDto>;
