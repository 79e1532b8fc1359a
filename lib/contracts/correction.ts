import { z } from 'zod';
import { batchDto, failureReason } from './batch';
import { count } from './fields';
import { longList } from './job';
import { record, text } from './text';

/** Maximum number of rows in one correction. */
const MAX_CORRECTIONS = 100_000;

/** A failed item with corrected input, identified by its place in the batch from 1, by its job's id, or by both. */
export const correctionRow = z.strictObject({
  row: z.int().min(1).optional().describe('place of the item in the batch, from 1, as the list and the files show it'),
  jobId: z.string().max(64).optional(),
  data: z.unknown().describe('the whole input, instead of the one it had'),
});

export const correctionsBody = z.strictObject({
  rows: z.array(correctionRow).min(1).max(MAX_CORRECTIONS),
  dry: z.boolean().default(false).describe('only check: nothing is changed'),
});

/** The same body, with rows that are validated later, one by one. */
export const correctionsHead = correctionsBody.extend({
  rows: longList
    .refine((rows) => rows.length > 0, 'must have at least 1 item')
    .refine(
      (rows) => rows.length <= MAX_CORRECTIONS,
      `must have at most ${MAX_CORRECTIONS.toLocaleString('en')} items`,
    ),
});

const yes = z.enum(['true', 'false']).transform((v) => v === 'true');
export const correctionsQuery = z.strictObject({ dry: yes.optional().describe('only check: nothing is changed') });

export const correctionsResult = z
  .object({
    batch: batchDto,
    dry: z.boolean(),
    retried: count.describe('rows of the file: each is a failed item that runs again'),
    changed: count.describe('how many of them have another input than before'),
  })
  .meta({ id: 'CorrectionsResult', description: 'What a corrected errors file did, or with `dry` would do.' });
export type CorrectionsResult = z.infer<typeof correctionsResult>;

export const MAX_EXPRESSION = 1000;

export const expressions = record(text(200).min(1), text(MAX_EXPRESSION).min(1), 50)
  .refine((set) => Object.keys(set).length >= 1, 'names 1 to 50 fields')
  .describe('an expression (JSONata) for each field that changes; it sees the input, $error, $row and $value');

export const editBody = z.strictObject({
  set: expressions,
  reason: failureReason.optional().describe('only the items that failed for this reason, as /failures gives it'),
  dry: z.boolean().default(false).describe('only show what the first rows would become'),
});
export type EditBody = z.output<typeof editBody>;

export const editedRow = z
  .object({
    row: z.int().min(1),
    jobId: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).describe('why `after` is not a valid input'),
  })
  .meta({ id: 'EditedRow', description: 'One row before and after an edit.' });
export type EditedRow = z.infer<typeof editedRow>;

export const editResult = correctionsResult
  .extend({
    invalid: count.describe(
      'rows that an expression or the schema of the type refuses; with any of them nothing changes',
    ),
    preview: z.array(editedRow).describe('the first rows'),
  })
  .meta({ id: 'EditResult' });
export type EditResult = z.infer<typeof editResult>;
