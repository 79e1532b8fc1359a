import { formatCount } from '@/components/ui/format';
import { fieldsOf, itemIssues, itemOfForm, lineFieldOf, type SchemaField } from '@/components/ui/schema-fields';
import type { LaunchVariables } from '@/lib/client/mutations/launch';
import type { InputIssue } from '@/lib/contracts/errors';
import type { ImportDto } from '@/lib/contracts/import';
import { stringifyJson } from '@/lib/contracts/json';
import type { Draft, Source } from './draft';
import { type ParsedItems, parseItems } from './parse-items';

/** The result of the second step: the number of items, whether they can be launched, and the request body. */
export interface Items {
  count: number;
  /** the count is an estimate, shown with `about` */
  approximate: boolean;
  /** why the items can't be launched yet */
  blocked: string | null;
  /** errors found in the browser, by row */
  issues: InputIssue[];
  /** errors of the form, by field */
  fieldIssues: Record<string, string>;
  parsed: ParsedItems | null;
  body: () => LaunchVariables['items'];
}

/** The most items of a JSON body. Larger launches are sent as JSON lines. */
const JSON_MOST = 500;
/** The same limit as the server's for reported rows. */
const MAX_MISFITS = 100;
export const MAX_COPIES = 1_000_000;

export const lines = (values: readonly unknown[]): LaunchVariables['items'] =>
  values.length <= JSON_MOST
    ? values
    : { body: values.map((value) => `${stringifyJson(value)}\n`).join(''), contentType: 'application/x-ndjson' };

export const NOTHING = { approximate: false, issues: [], fieldIssues: {}, parsed: null };

/** Returns the columns of a pasted table that are no fields of the type and need a mapping. */
export const unknownColumns = (parsed: ParsedItems | null, fields: readonly SchemaField[]): string[] =>
  (parsed?.header ?? []).filter((name) => !fields.some((field) => field.name === name.trim()));

export function itemsOfPaste(draft: Draft, fields: readonly SchemaField[]): Items {
  const lineField = draft.lineField || lineFieldOf(fields);
  const parsed = parseItems(draft.paste, draft.pasteFormat, { fieldNames: fields.map((f) => f.name), lineField });
  const unread = new Set(parsed.issues.map((issue) => issue.row));
  const issues = [...parsed.issues, ...misfits(parsed, unread, fields)];
  const rows = new Set(issues.map((issue) => issue.row)).size;
  const blocked =
    rows > 0
      ? `${formatCount(rows, 'row')} ${unread.size > 0 ? 'cannot be read' : rows === 1 ? 'is invalid' : 'are invalid'}: correct ${rows === 1 ? 'it' : 'them'} first`
      : parsed.count === 0
        ? 'Paste at least one item, or upload a file'
        : unknownColumns(parsed, fields).length > 0
          ? 'Map the columns to fields first'
          : null;
  const body = () => (parsed.items ? lines(parsed.items) : { body: draft.paste, contentType: 'text/csv' as const });
  return { ...NOTHING, count: parsed.count, blocked, issues, parsed, body };
}

/** Returns the first rows with values that their fields do not accept, so that the step is not marked as done. */
function misfits(
  parsed: ParsedItems,
  unread: ReadonlySet<number | undefined>,
  fields: readonly SchemaField[],
): InputIssue[] {
  const found: InputIssue[] = [];
  for (const [i, item] of (parsed.items ?? []).entries()) {
    if (unread.has(i + 1)) continue;
    for (const issue of itemIssues(fields, item)) found.push({ row: i + 1, ...issue });
    if (found.length >= MAX_MISFITS) break;
  }
  return found;
}

/** Returns the items of an import. The server has the rows, so the request has no items. */
export function itemsOfImport(found: ImportDto, skipBad: boolean): Items {
  const { status, good, bad } = found;
  const known = status === 'checked' || status === 'launching' || status === 'launched';
  const blocked = known
    ? bad > 0 && !skipBad
      ? `${formatCount(bad, 'row')} ${bad === 1 ? 'is' : 'are'} invalid: fix or skip ${bad === 1 ? 'it' : 'them'} first`
      : good === 0
        ? 'No row is valid'
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

const COPIES = fieldsOf({ properties: { copies: { type: 'integer', minimum: 1, maximum: MAX_COPIES } } });

export function itemsOfForm(draft: Draft, fields: readonly SchemaField[]): Items {
  const { item, issues } = itemOfForm(fields, draft.form);
  const copies = itemOfForm(COPIES, { copies: draft.copies });
  const wrong = copies.issues.copies;
  const fieldIssues = wrong === undefined ? issues : { ...issues, ' copies': wrong };
  const count = wrong === undefined ? Number(copies.item.copies ?? 1) : 0;
  // A field that is only empty is not marked before the user has been there.
  const empty = Object.keys(issues).filter((name) => (draft.form[name] ?? '').trim() === '');
  const blocked =
    Object.keys(fieldIssues).length > empty.length
      ? 'Correct the marked fields first'
      : empty.length > 0
        ? `Fill in ${empty.join(' and ')} first`
        : null;
  const body = (): LaunchVariables['items'] =>
    count <= JSON_MOST
      ? Array.from({ length: count }, () => item)
      : { body: `${stringifyJson(item)}\n`.repeat(count), contentType: 'application/x-ndjson' };
  return { ...NOTHING, count, blocked, fieldIssues, body };
}

/**
 * Returns the item sources for a type; the first is the default. A type that requires a file has no form. Items that each
 * need a value of their own, such as an address, come from a table in most cases.
 */
export function sourcesOf(fileField: SchemaField | undefined, fields: readonly SchemaField[]): Source[] {
  if (fileField) return fileField.required ? ['files', 'paste'] : ['files', 'paste', 'form'];
  if (fields.length === 0) return ['paste'];
  return fields.some(({ required, kind }) => required && kind !== 'json') ? ['paste', 'form'] : ['form', 'paste'];
}

/** Returns the fields of the form. A file's id is excluded, because users can't type it. */
export const formFieldsOf = (fields: readonly SchemaField[], fileField: SchemaField | undefined): SchemaField[] =>
  fields.filter((field) => field !== fileField);
