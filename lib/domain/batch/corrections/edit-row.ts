import type { EditedRow } from '@/lib/contracts/correction';
import type { InputIssue } from '@/lib/contracts/errors';
import { toIssues } from '@/lib/contracts/issues';
import { isFields, stringifyJson } from '@/lib/contracts/json';
import { clip } from '@/lib/domain/preview';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';
import { changeFields } from './expressions';

/** A failed job whose input an edit changes. */
export interface EditableRow {
  id: string;
  /** its place in the batch, from 1; 1 without a batch */
  row: number;
  data: unknown;
  error: unknown;
}

/** Characters of JSON that a preview shows: of one input, and of one value if the input is larger. */
const SHOWN = { input: 16 * 1024, value: 1024 };

type Expressions = [field: string, expression: string][];

/** The new input of a row, and why it does not fit. */
export interface Edited {
  /** what the expressions made */
  after: unknown;
  /** the same as the schema of the type reads it; undefined with issues */
  data: unknown;
  issues: InputIssue[];
}

/**
 * Changes the input of a row by expressions, and checks it by the schema of its type.
 * @param limits `leftMs`: milliseconds for all expressions of the row; `owner`: whose turn it is
 */
export async function editRow(
  type: JobType,
  { data, error, row }: EditableRow,
  expressions: Expressions,
  limits: { leftMs: number; owner: string },
): Promise<Edited> {
  const issues: InputIssue[] = [];
  if (!isFields(data)) {
    issues.push({ path: '', message: 'has no fields, so that none can be set' });
    return { after: data, data: undefined, issues };
  }
  const next = await changeFields(expressions, { input: data, error, row, ...limits }, issues);
  if (issues.length > 0) return { after: next, data: undefined, issues };
  const parsed = checkInput(type, next);
  return parsed.success
    ? { after: next, data: parsed.data, issues }
    : { after: next, data: undefined, issues: toIssues(parsed.error) };
}

/** Returns a row before and after an edit, for a preview. */
export const previewOf = (item: EditableRow, { after, issues }: Edited, expressions: Expressions): EditedRow => ({
  row: item.row,
  jobId: item.id,
  before: shown(item.data, expressions),
  after: shown(after, expressions),
  issues,
});

/** Returns a small input unchanged, and of a larger one only the edited fields, with long values cut. */
function shown(input: unknown, expressions: Expressions): unknown {
  if (stringifyJson(input).length <= SHOWN.input || !isFields(input)) return input;
  const names = new Set(expressions.map(([field]) => field));
  const fields = Object.entries(input).filter(([field]) => names.has(field));
  return Object.fromEntries(
    fields.map(([field, value]) => {
      const text = stringifyJson(value).slice(0, SHOWN.value + 1);
      return [field, text.length <= SHOWN.value ? value : clip(text, SHOWN.value)];
    }),
  );
}
