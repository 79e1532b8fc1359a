import { z } from 'zod';
import type { BatchDto } from './batch';
import { longList } from './job';
import { record, text } from './text';

/** Rows of one correction. */
const MAX_CORRECTIONS = 100_000;

/** A failed item with other input: named by its place in the batch from 1, by its job's id, or by both. */
export const correctionRow = z.strictObject({
  row: z.int().min(1).optional().describe('place of the item in the batch, from 1, as the list and the files show it'),
  jobId: z.string().max(64).optional(),
  data: z.unknown().describe('the whole input, instead of the one it had'),
});

export const correctionsBody = z.strictObject({
  rows: z.array(correctionRow).min(1).max(MAX_CORRECTIONS),
  dry: z.boolean().default(false).describe('only check: nothing is changed'),
});

/** The same before its rows were looked at one by one. */
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

/** What a corrected errors file did, or with `dry` would do. */
export interface CorrectionsResult {
  batch: BatchDto;
  dry: boolean;
  /** rows of the file: each is a failed item that runs again */
  retried: number;
  /** how many of them have another input than before */
  changed: number;
}

export const MAX_EXPRESSION = 1000;

export const editBody = z.strictObject({
  set: record(text(200).min(1), text(MAX_EXPRESSION).min(1), 50)
    .refine((set) => Object.keys(set).length >= 1, 'names 1 to 50 fields')
    .describe('an expression (JSONata) for each field that changes; it sees the input, $error, $row and $value'),
  reason: z
    .strictObject({ message: text(1200), code: z.string().max(100).nullable() })
    .optional()
    .describe('only the items that failed for this reason, as /failures gives it'),
  dry: z.boolean().default(false).describe('only show what the first rows would become'),
});
export type EditBody = z.output<typeof editBody>;

/** One row before and after an edit. */
export interface EditedRow {
  row: number;
  jobId: string;
  before: unknown;
  after: unknown;
  /** why this row can't become that */
  issues: { path: string; message: string }[];
}

export interface EditResult extends CorrectionsResult {
  /** rows that the expressions or the type's schema refuse; with any of them nothing is changed */
  invalid: number;
  /** the first rows, to look at */
  preview: EditedRow[];
}
