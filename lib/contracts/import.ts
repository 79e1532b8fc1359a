import { z } from 'zod';
import { type LaunchFields, launchFields } from './batch';
import type { ErrorCode, InputIssue } from './errors';
import { placeCursor } from './job';
import { stringifyJson } from './json';
import { record, text } from './text';

export const IMPORT_STATUSES = ['reading', 'ready', 'checking', 'checked', 'launching', 'launched', 'failed'] as const;
/** `reading`: fetched or unpacked; `ready`: to be mapped; `checked`: to be launched; `failed`: see `error`. */
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

/** While it is one of these a worker is at it. */
export const isImportBusy = (status: ImportStatus): boolean =>
  status === 'reading' || status === 'checking' || status === 'launching';

export const IMPORT_LIMITS = {
  columns: 1000,
  /** bytes of one row */
  rowBytes: 1024 ** 2,
  /** rows whose faults are kept; all are counted */
  issues: 10_000,
  edits: 5000,
  files: 10_000,
  trialRows: 50,
  previewRows: 20,
};

export const IMPORT_FORMATS = ['csv', 'json', 'jsonl', 'xlsx'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
/** `windows-1252` is what browsers and spreadsheets mean by Latin-1. */
export type Encoding = (typeof ENCODINGS)[number];

/** How files are read. Delimiter, quote and header are of CSV; `sheet` is of XLSX. */
export const readingSchema = z.strictObject({
  format: z.enum(IMPORT_FORMATS),
  encoding: z.enum(ENCODINGS),
  delimiter: z.string().length(1),
  quote: z.enum(['"', "'", '']).describe('the mark around cells; empty: quotes are ordinary characters'),
  header: z.boolean().describe('whether a row names the columns'),
  headerRow: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('which one does: rows of the file count from 1, blank ones too; found when absent'),
  sheet: text(255).optional(),
});
export type Reading = z.infer<typeof readingSchema>;

/** What a person says about how files are read; the rest is found out. */
const toldReading = readingSchema.partial().omit({ format: true });
export type ToldReading = z.infer<typeof toldReading>;

const source = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('column'), column: text(500) }),
  z.strictObject({ from: z.literal('constant'), value: text(100_000) }),
  z.strictObject({ from: z.literal('template'), template: text(10_000) }),
  z.strictObject({ from: z.literal('row') }).describe('the whole row as an object'),
]);
/** Where a field's value comes from. */
export type FieldSource = z.infer<typeof source>;

/** Characters of a mapping as JSON: lists carry many. */
const MAX_MAPPING = 256 * 1024;

/** Field of the job type → where it comes from. What is not named stays unset. */
export const mappingSchema = record(text(200), source, 500).refine(
  (m) => stringifyJson(m).length <= MAX_MAPPING,
  `may have at most ${MAX_MAPPING} characters as JSON`,
);
export type Mapping = z.infer<typeof mappingSchema>;

export const createImportBody = z
  .strictObject({
    type: z.string().min(1).max(100),
    fileIds: z.array(z.uuid()).min(1).max(IMPORT_LIMITS.files).optional().describe('stored files, read in this order'),
    url: text(4000).optional().describe('fetched by a worker; http and https, public addresses'),
    reading: toldReading.optional().describe('how the files are read; what is not said is found out'),
    content: z.enum(['rows', 'files']).default('rows').describe('`files`: each file is a row: fileId, name, size …'),
    name: text(200).min(1).optional(),
    like: z.uuid().optional().describe('an import whose mapping is used, where it fits: for its rows, corrected'),
  })
  .refine((b) => (b.fileIds === undefined) !== (b.url === undefined), {
    message: 'give exactly one of fileIds and url',
    path: ['fileIds'],
  });
export type CreateImportBody = z.infer<typeof createImportBody>;

export const changeImportBody = z.strictObject({
  type: z.string().min(1).max(100).optional(),
  reading: toldReading.optional(),
  mapping: mappingSchema.optional(),
});
export type ChangeImportBody = z.infer<typeof changeImportBody>;

export const fixRowBody = z.strictObject({
  row: z.int().min(1),
  cells: record(text(500), text(100_000), 1000).describe('the corrected cells, by column'),
});

export const tryImportBody = z.strictObject({
  rows: z.int().min(1).max(IMPORT_LIMITS.trialRows).default(5),
  start: z.enum(['now', 'queue']).default('now'),
});

export const launchImportBody = launchFields.omit({ type: true }).extend({
  skipBad: z.boolean().default(false).describe('launch the good rows and leave the bad ones out'),
});
export type LaunchImportBody = z.infer<typeof launchImportBody>;

export const listIssuesQuery = z.strictObject({
  format: z.enum(['json', 'csv', 'xlsx']).default('json').describe('csv and xlsx hold all of them'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: placeCursor.optional(),
});

export const saveMappingBody = z.strictObject({
  type: z.string().min(1).max(100),
  name: text(100).min(1),
  mapping: mappingSchema,
});
export type SaveMappingBody = z.infer<typeof saveMappingBody>;
export const listMappingsQuery = z.strictObject({ type: z.string().max(100).optional() });

/** A place in an item that a column can go to; `path` has dots where it is inside an object. */
export interface ImportField {
  path: string;
  kind: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'list' | 'json';
  required: boolean;
  description: string | null;
  choices: string[];
}

export interface ImportRefusal {
  code: ErrorCode;
  message: string;
  errors?: InputIssue[];
  running?: { id: string; name: string }[];
  /** the batch that a unique key found */
  batchId?: string;
}

export interface ImportDto {
  id: string;
  type: string;
  status: ImportStatus;
  name: string;
  files: { fileId: string; name: string; size: number }[];
  content: 'rows' | 'files';
  /** without its query, which may hold a secret */
  url: string | null;
  /** null until the first bytes were seen */
  reading: Reading | null;
  sheets: string[];
  /** what is worth knowing about how it is read, in sentences */
  remarks: string[];
  columns: string[];
  /** the first rows, cut for the screen */
  preview: Record<string, unknown>[];
  fields: ImportField[];
  mapping: Mapping;
  /** fields whose source is a suggestion that nobody has confirmed or changed */
  suggested: string[];
  bytesTotal: number;
  bytesRead: number;
  rows: number;
  good: number;
  bad: number;
  /** rows with corrected cells */
  edited: number;
  error: { code: string; message: string } | null;
  refusal: ImportRefusal | null;
  trialBatchId: string | null;
  batchId: string | null;
  jobId: string | null;
  createdBy: string | null;
  createdAt: string;
  updatedAt: string;
}

/** The table that a batch was imported from. */
export interface BatchTableDto {
  importId: string;
  name: string;
  type: string;
  columns: string[];
  rows: number;
  /** rows that did not fit and were left out */
  skipped: number;
  mapping: Mapping;
}

export type BatchTableAnswer =
  | { table: BatchTableDto; missing: null }
  /** `not-imported`: the batch came another way; `not-kept`: its import or its file is gone */
  | { table: null; missing: 'not-imported' | 'not-kept' };

export interface ImportProblem {
  /** the field of the item; empty for the row as a whole */
  path: string;
  message: string;
  /** the column that the field comes from, where it comes from one */
  column: string | null;
}

export interface ImportIssueDto {
  row: number;
  problems: ImportProblem[];
  /** the row's cells; null where it could not be read or is too large to keep */
  cells: Record<string, unknown> | null;
}

export interface ImportMappingDto {
  id: string;
  type: string;
  name: string;
  mapping: Mapping;
  createdBy: string | null;
  createdAt: string;
}

/** The launch of an import, as it waits for its worker. */
export interface ImportLaunch {
  fields: LaunchFields;
  skipBad: boolean;
  actor: { id: string; name: string };
}
