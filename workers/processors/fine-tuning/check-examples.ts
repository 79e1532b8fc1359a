import type { InputIssue } from '@/lib/contracts/errors';
import { toIssues } from '@/lib/contracts/issues';
import { type Method, schemaOf } from './example';
import { jsonLines, type Line } from './json-lines';

export interface Checked {
  examples: number;
  /** bytes of the file that would be uploaded */
  bytes: number;
  /** the first hundred */
  issues: InputIssue[];
  /** the total number of invalid lines */
  wrong: number;
}

const MAX_ISSUES = 100;

/** Reads a file of examples line by line and reports each invalid row. Rows count from 1. */
export async function checkExamples(
  body: AsyncIterable<Uint8Array>,
  method: Method,
  signal: AbortSignal,
): Promise<Checked> {
  const checked: Checked = { examples: 0, bytes: 0, issues: [], wrong: 0 };
  for await (const line of jsonLines(body)) {
    const { row, bytes, text, wrong } = line;
    if (row % 1000 === 0) {
      await new Promise(setImmediate);
      signal.throwIfAborted();
    }
    if (!wrong && text.trim() === '') continue;
    checked.bytes += bytes.length;
    const issues = issuesOf(line, method);
    if (issues.length === 0) checked.examples++;
    else checked.wrong++;
    for (const issue of issues) if (checked.issues.length < MAX_ISSUES) checked.issues.push({ ...issue, row });
    // All other rows of such a file are invalid for the same reason.
    if (row === 1 && wrong?.includes('UTF-16')) break;
  }
  return checked;
}

const whole = (message: string) => [{ path: '', message }];

function issuesOf({ row, text, wrong }: Line, method: Method): { path: string; message: string }[] {
  if (wrong) return whole(wrong);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.startsWith('\ufeff')) {
      return whole('begins with a byte order mark: a file was put behind another one. Take it out');
    }
    if (row === 1 && text.trimStart().startsWith('[')) return whole(LIST);
    return whole(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (Array.isArray(value)) return whole(LIST);
  const parsed = schemaOf(method, value).safeParse(value);
  return parsed.success ? [] : toIssues(parsed.error);
}

const LIST = 'is a list: each line must be one example, an object, without brackets around them all';
