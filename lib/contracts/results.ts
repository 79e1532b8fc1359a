import { z } from 'zod';
import { MAX_JOB_IDS } from './bounds';
import { queryText } from './fields';

export const resultsQuery = z.strictObject({
  format: z.enum(['jsonl', 'csv', 'xlsx', 'zip']).default('jsonl').describe('zip: the files that items made'),
  status: z.enum(['completed', 'failed', 'cancelled', 'pending', 'active', 'delayed']).optional(),
  layout: z
    .enum(['items', 'fields', 'table'])
    .optional()
    .describe(
      'items: input and result as JSON (of CSV and JSONL the default); fields: a column for each of their fields (of CSV and XLSX); table: the columns that were brought, then those of the results, _status and _error',
    ),
  bom: z
    .enum(['true', 'false'])
    .optional()
    .describe('of CSV: begin with a byte order mark, which Excel needs to see UTF-8; layout=fields has one by default'),
});
export type ResultsQuery = z.output<typeof resultsQuery>;

const chosenFormat = z.enum(['jsonl', 'csv', 'xlsx']).default('jsonl');
const chosenBy = queryText.describe('which jobs, as in the parameter `query` of their list (docs/queries.md)');

/** Without a query it is all jobs: an address loses an empty one. */
export const chosenResultsQuery = z.strictObject({ format: chosenFormat, query: chosenBy.default('') });

export const chosenResultsBody = z
  .strictObject({
    format: chosenFormat,
    query: chosenBy.optional(),
    jobIds: z.array(z.string().max(64)).min(1).max(MAX_JOB_IDS).optional().describe('which jobs, instead of `query`'),
  })
  .refine((body) => (body.query === undefined) !== (body.jobIds === undefined), {
    path: ['query'],
    message: 'give one of query and jobIds',
  });
export type ChosenResults = z.output<typeof chosenResultsBody>;

export const errorsQuery = z.strictObject({
  format: z.enum(['csv', 'jsonl', 'xlsx']).default('csv'),
  columns: z
    .enum(['table', 'fields'])
    .optional()
    .describe('of the imported table or of the items; csv and xlsx: those of the table, where it is kept'),
});
export type ErrorsQuery = z.output<typeof errorsQuery>;
