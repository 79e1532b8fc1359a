import { formatCount } from '@/components/ui/format';
import type { LaunchVariables } from '@/lib/client/mutations/use-launch';
import type { ImportDto } from '@/lib/contracts';
import type { InputIssue } from '@/lib/contracts/errors';
import { type Draft, type Source, typedNumber } from './draft';
import { type ParsedItems, parseItems } from './parse-items';
import { itemOfForm, lineFieldOf, type SchemaField } from './schema';
import type { Upload } from './uploads';

/** What the second step holds: how many, whether they can go, and what to send. */
export interface Items {
  count: number;
  /** `about`: counted without reading */
  approximate: boolean;
  /** why it can't be launched yet */
  blocked: string | null;
  /** what this browser already sees to be wrong, by row */
  issues: InputIssue[];
  /** by field, of the form */
  fieldIssues: Record<string, string>;
  parsed: ParsedItems | null;
  body: () => LaunchVariables['items'];
}

/** Larger launches stream as one line an item. */
const JSON_MOST = 500;
export const MAX_COPIES = 1_000_000;
const MAX_TITLE = 300;

const lines = (values: readonly unknown[]): LaunchVariables['items'] =>
  values.length <= JSON_MOST
    ? values
    : { body: values.map((value) => `${JSON.stringify(value)}\n`).join(''), contentType: 'application/x-ndjson' };

const NOTHING = { approximate: false, issues: [], fieldIssues: {}, parsed: null };

export function itemsOfFiles(list: readonly Upload[]): Items {
  const open = list.filter((u) => u.state === 'waiting' || u.state === 'uploading').length;
  const failed = list.filter((u) => u.state === 'failed').length;
  const blocked =
    list.length === 0
      ? 'Add at least one file'
      : open > 0
        ? `Uploads are not finished: ${open} to go`
        : failed > 0
          ? `${formatCount(failed, 'file')} could not be uploaded: try again, or take ${failed === 1 ? 'it' : 'them'} out`
          : null;
  const body = () => lines(list.map((u) => ({ fileId: u.fileId, title: u.name.slice(-MAX_TITLE) })));
  return { ...NOTHING, count: list.length, blocked, body };
}

/** Columns of a pasted table that are no fields: they have to be mapped. */
export const unknownColumns = (parsed: ParsedItems | null, fields: readonly SchemaField[]): string[] =>
  (parsed?.header ?? []).filter((name) => !fields.some((field) => field.name === name.trim()));

export function itemsOfPaste(draft: Draft, fields: readonly SchemaField[]): Items {
  const lineField = draft.lineField || lineFieldOf(fields);
  const parsed = parseItems(draft.paste, draft.pasteFormat, { fieldNames: fields.map((f) => f.name), lineField });
  const rows = new Set(parsed.issues.map((issue) => issue.row)).size;
  const blocked =
    rows > 0
      ? `${formatCount(rows, 'row')} cannot be read: correct ${rows === 1 ? 'it' : 'them'} first`
      : parsed.count === 0
        ? 'Paste at least one item, or bring a file'
        : unknownColumns(parsed, fields).length > 0
          ? 'Say which column is which field first'
          : null;
  const body = () => (parsed.items ? lines(parsed.items) : { body: draft.paste, contentType: 'text/csv' as const });
  return { ...NOTHING, count: parsed.count, blocked, issues: parsed.issues, parsed, body };
}

/** Rows of an import: the server has them, so that nothing is sent. */
export function itemsOfImport(found: ImportDto, skipBad: boolean): Items {
  const { status, good, bad } = found;
  const known = status === 'checked' || status === 'launching' || status === 'launched';
  const blocked = known
    ? bad > 0 && !skipBad
      ? `${formatCount(bad, 'row')} ${bad === 1 ? 'does' : 'do'} not fit: fix or skip ${bad === 1 ? 'it' : 'them'} first`
      : good === 0
        ? 'No row fits'
        : null
    : status === 'checking'
      ? 'The rows are being checked'
      : status === 'reading'
        ? 'The table is being read'
        : status === 'failed'
          ? 'The table can’t be read'
          : 'Check the rows of the table first';
  return { ...NOTHING, count: known ? good : 0, blocked, body: () => [] };
}

export function itemsOfForm(draft: Draft, fields: readonly SchemaField[]): Items {
  const { item, issues } = itemOfForm(fields, draft.form);
  const copies = typedNumber(draft.copies, { min: 1, max: MAX_COPIES, whole: true }) ?? 1;
  const fieldIssues = typeof copies === 'string' ? { ...issues, ' copies': copies } : issues;
  const count = typeof copies === 'string' ? 0 : copies;
  const blocked = Object.keys(fieldIssues).length > 0 ? 'Correct the marked fields first' : null;
  const body = (): LaunchVariables['items'] =>
    count <= JSON_MOST
      ? Array.from({ length: count }, () => item)
      : { body: `${JSON.stringify(item)}\n`.repeat(count), contentType: 'application/x-ndjson' };
  return { ...NOTHING, count, blocked, fieldIssues, body };
}

/** Where items may come from, for a type; the first is the default. */
export function sourcesOf(acceptsFiles: boolean, fields: readonly SchemaField[]): Source[] {
  const typed: Source[] = fields.length > 0 ? ['form', 'paste'] : ['paste'];
  return acceptsFiles ? ['files', 'paste', 'form'] : typed;
}

/** Fields that a person can fill: a file's id is not one of them. */
export const formFieldsOf = (fields: readonly SchemaField[], acceptsFiles: boolean): SchemaField[] =>
  acceptsFiles ? fields.filter((field) => field.name !== 'fileId') : [...fields];
