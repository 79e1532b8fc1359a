import { z } from 'zod';
import { type LaunchFields, launchFields } from './batch';
import { IMPORT_LIMITS } from './bounds';
import { ENCODINGS, IMPORT_STATUSES } from './choices';
import { ERROR_CODES, inputIssue } from './errors';
import { count, nextCursor, time } from './fields';
import { placeCursor } from './job-queries';
import { stringifyJson } from './json';
import { name, record, text } from './text';

export const IMPORT_FORMATS = ['csv', 'json', 'jsonl', 'xlsx'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** Options for parsing the files. Delimiter, quote and header apply to CSV; `sheet` applies to XLSX. */
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

/** Parsing options that a user can set. The others are detected. */
const readingOverrides = readingSchema.partial().omit({ format: true });
export type ReadingOverrides = z.infer<typeof readingOverrides>;

const fieldSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('column'), column: text(500) }),
  z.strictObject({ from: z.literal('constant'), value: text(100_000) }),
  z.strictObject({ from: z.literal('template'), template: text(10_000) }),
  z.strictObject({ from: z.literal('row') }).describe('the whole row as an object'),
]);
/** The source of a field's value. */
export type FieldSource = z.infer<typeof fieldSource>;

/** Maximum characters of a mapping as JSON. A response with a list contains many mappings. */
const MAX_MAPPING = 256 * 1024;

/** Maps a field of the job type to its source. Fields without an entry stay unset. */
export const mappingSchema = record(text(200), fieldSource, 500).refine(
  (m) => stringifyJson(m).length <= MAX_MAPPING,
  `may have at most ${MAX_MAPPING} characters as JSON`,
);
export type Mapping = z.infer<typeof mappingSchema>;

/** A mapping in a response. */
const mappingShape = z.record(z.string(), fieldSource).meta({ id: 'Mapping' });

export const createImportBody = z
  .strictObject({
    type: z.string().min(1).max(100),
    fileIds: z.array(z.uuid()).min(1).max(IMPORT_LIMITS.files).optional().describe('stored files, read in this order'),
    url: text(4000).optional().describe('fetched by a worker; http and https, public addresses'),
    reading: readingOverrides.optional().describe('how the files are read; absent settings are detected'),
    content: z.enum(['rows', 'files']).default('rows').describe('`files`: each file is a row: fileId, name, size …'),
    name: name(200).optional(),
    like: z.uuid().optional().describe('an import whose mapping is used, where it fits: for its rows, corrected'),
  })
  .refine((b) => (b.fileIds === undefined) !== (b.url === undefined), {
    message: 'give exactly one of fileIds and url',
    path: ['fileIds'],
  });
export type CreateImportBody = z.infer<typeof createImportBody>;

export const changeImportBody = z.strictObject({
  type: z.string().min(1).max(100).optional(),
  reading: readingOverrides.optional(),
  mapping: mappingSchema.optional(),
  nameBy: text(500)
    .nullable()
    .optional()
    .describe('the column whose cells name the items, cut to one line of 200 characters; null: the job type does'),
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

export const launchImportBody = launchFields.omit({ type: true, nameBy: true }).extend({
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
  name: name(100),
  mapping: mappingSchema,
});
export type SaveMappingBody = z.infer<typeof saveMappingBody>;
export const listMappingsQuery = z.strictObject({ type: z.string().max(100).optional() });

/** A field of an item that a column can fill. */
const importField = z
  .object({
    path: z.string().describe('has dots if the field is inside an object'),
    kind: z.enum(['text', 'integer', 'number', 'boolean', 'choice', 'list', 'json']),
    required: z.boolean(),
    main: z.boolean().describe('false: few need it, so the page folds it'),
    description: z.string().nullable(),
    choices: z.array(z.string()),
  })
  .meta({ id: 'ImportField' });
export type ImportField = z.infer<typeof importField>;

const importRefusal = z
  .object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    errors: z.array(inputIssue).exactOptional(),
    running: z.array(z.object({ id: z.string(), name: z.string() })).exactOptional(),
    batchId: z.string().exactOptional().describe('the unfinished batch with the same unique key'),
  })
  .meta({ id: 'ImportRefusal', description: 'Why the launch of an import was refused.' });
export type ImportRefusal = z.infer<typeof importRefusal>;

const importCalls = z
  .object({
    methods: z.array(z.string()),
    hosts: count.describe('different hosts; 1,000 stands for as many or more'),
    host: z.string().nullable().describe('the host, if there is only one'),
    unknown: count.describe('rows whose host is not known before they run'),
  })
  .meta({ id: 'ImportCalls', description: 'What the valid rows of an import will call.' });
export type ImportCalls = z.infer<typeof importCalls>;

const importDto = z
  .object({
    id: z.string(),
    type: z.string(),
    status: z.enum(IMPORT_STATUSES),
    name: z.string(),
    files: z.array(z.object({ fileId: z.string(), name: z.string(), size: count })),
    content: z.enum(['rows', 'files']),
    url: z.string().nullable().describe('without its query, which may contain a secret'),
    reading: readingSchema.nullable().describe('null until the first bytes were read'),
    sheets: z.array(z.string()),
    remarks: z.array(z.string()).describe('notes about how it is read, as sentences'),
    columns: z.array(z.string()),
    preview: z.array(z.record(z.string(), z.unknown())).describe('the first rows, cut for the screen'),
    fields: z.array(importField),
    mapping: mappingShape,
    nameBy: z.string().nullable().describe('the column whose cells name the items; null: the job type does'),
    suggested: z.array(z.string()).describe('fields whose source is a suggestion that nobody confirmed or changed'),
    bytesTotal: count,
    bytesRead: count,
    rows: count,
    good: count,
    bad: count,
    calls: importCalls.nullable().describe('of HTTP calls, once every row was checked'),
    edited: count.describe('rows with corrected cells'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    refusal: importRefusal.nullable(),
    trialBatchId: z.string().nullable(),
    batchId: z.string().nullable(),
    jobId: z.string().nullable(),
    createdBy: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Import' });
export type ImportDto = z.infer<typeof importDto>;

const batchTableDto = z
  .object({
    importId: z.string(),
    name: z.string(),
    type: z.string(),
    columns: z.array(z.string()),
    rows: count,
    skipped: count.describe('rows that were not valid and were left out'),
    mapping: mappingShape,
  })
  .meta({ id: 'BatchTable', description: 'The table that a batch was imported from.' });
export type BatchTableDto = z.infer<typeof batchTableDto>;

/** `GET /api/batches/:id/table` */
export const batchTableAnswer = z.union([
  z.object({ table: batchTableDto, missing: z.null() }),
  z.object({
    table: z.null(),
    missing: z
      .enum(['not-imported', 'not-kept'])
      .describe('not-imported: the batch has another source; not-kept: its import or its file was deleted'),
  }),
]);
export type BatchTableAnswer = z.infer<typeof batchTableAnswer>;

const importProblem = z
  .object({
    path: z.string().describe('the field of the item; empty for the row as a whole'),
    message: z.string(),
    column: z.string().nullable().describe('the column that the field comes from'),
  })
  .meta({ id: 'ImportProblem' });
export type ImportProblem = z.infer<typeof importProblem>;

const importIssueDto = z
  .object({
    row: z.int().min(1),
    problems: z.array(importProblem),
    cells: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('null if the row could not be read or is too large to keep'),
  })
  .meta({ id: 'ImportIssue' });
export type ImportIssueDto = z.infer<typeof importIssueDto>;

const importMappingDto = z
  .object({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    mapping: mappingShape,
    createdBy: z.string().nullable(),
    createdAt: time,
  })
  .meta({ id: 'ImportMapping' });
export type ImportMappingDto = z.infer<typeof importMappingDto>;

export const importAnswer = z.object({ import: importDto });
export type ImportAnswer = z.infer<typeof importAnswer>;
export const importList = z.object({ imports: z.array(importDto) });
export type ImportList = z.infer<typeof importList>;
export const importIssueList = z.object({ issues: z.array(importIssueDto), nextCursor });
export type ImportIssueList = z.infer<typeof importIssueList>;
export const fixedRow = z.object({ import: importDto, issue: importIssueDto.nullable() });
export type FixedRow = z.infer<typeof fixedRow>;
export const importTrial = z.object({ import: importDto, batchId: z.string() });
export type ImportTrial = z.infer<typeof importTrial>;
export const importMappingList = z.object({ mappings: z.array(importMappingDto) });
export type ImportMappingList = z.infer<typeof importMappingList>;
export const importMappingAnswer = z.object({ mapping: importMappingDto });
export type ImportMappingAnswer = z.infer<typeof importMappingAnswer>;
export const deletedAnswer = z.object({ deleted: z.literal(true) });
export type DeletedAnswer = z.infer<typeof deletedAnswer>;

/** The requested launch of an import, stored until a worker runs it. */
export interface ImportLaunch {
  fields: LaunchFields;
  skipBad: boolean;
  /** who requested it, for the batch and its audit entry; earlier versions stored no kind */
  actor: { kind?: 'user' | 'key'; id: string; name: string };
  credential?: { kind: 'key' | 'session'; id: string } | undefined;
  origin?: { address: string | null; requestId: string } | undefined;
}
