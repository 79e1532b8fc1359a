import { z } from 'zod';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

const FORMATS = ['csv', 'tsv', 'json', 'jsonl', 'xlsx', 'parquet'] as const;

/** The result contains the reasons of this many bad rows. All bad rows are counted. */
export const CONVERSION_ISSUES = 100;

const column = z.strictObject({
  from: text(500).min(1).describe('its name in the input; in JSON also a path, such as address.city'),
  as: text(500).min(1).optional().describe('its name in the output; the same when absent'),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'date', 'json']).optional(),
});

export const dataConversion = defineJobType({
  type: 'data-conversion',
  title: 'Data conversion',
  description:
    'Turns a table into another format: CSV, TSV, JSON, JSONL, XLSX, Parquet, with columns chosen and typed.',
  input: z.strictObject({
    fileId: z.uuid().describe('the table'),
    to: z.enum(FORMATS).describe('the format of the output'),
    from: z.enum(FORMATS).optional().describe('the format of the input; detected from its content when absent'),
    columns: z
      .array(column)
      .min(1)
      .max(1000)
      .refine((list) => new Set(list.map((c) => c.as ?? c.from)).size === list.length, 'names a column twice')
      .optional()
      .describe('which columns, in which order, under which names and types; all when absent'),
    inferTypes: z
      .boolean()
      .default(false)
      .describe('take numbers, booleans and dates of a column of text for what they are'),
    onBadRow: z.enum(['skip', 'stop']).default('skip').describe('what becomes of a row that can’t be read'),
    maxSkippedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('the share of rows that may be skipped; beyond it the job fails'),
    encoding: text(40)
      .optional()
      .describe('of a text input, such as windows-1252; detected from its content when absent'),
    delimiter: text(1).min(1).optional().describe('of a CSV input; detected from its content when absent'),
    header: z
      .boolean()
      .optional()
      .describe('whether a row of CSV or XLSX names the columns; detected from its content when absent'),
    headerRow: z
      .int()
      .min(1)
      .optional()
      .describe('which one does: rows of the file count from 1, blank ones too; found when absent'),
    sheet: text(255).optional().describe('of an XLSX input; the first visible one with cells when absent'),
    outputDelimiter: text(1).min(1).optional().describe('of a CSV output; a comma when absent'),
    bom: z.boolean().optional().describe('begin a CSV output with a byte order mark'),
    guardFormulas: z
      .boolean()
      .optional()
      .describe('put an apostrophe before CSV cells that a spreadsheet would run as formulas'),
  }),
  output: z.object({
    fileId: z.string(),
    name: z.string(),
    format: z.string(),
    rows: z.int(),
    skipped: z.int(),
    issues: z.array(z.object({ row: z.int(), message: z.string() })),
    bytes: z.int(),
    columns: z.array(z.string()).nullable(),
  }),
  defaults: { ...DEFAULTS, maxAttempts: 2, timeoutMs: 2 * 60 * 60 * 1000 },
  consumerConcurrency: 2,
});
