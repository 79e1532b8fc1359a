import type { InputIssue } from '@/lib/contracts/errors';
import { exampleSchemas } from './example';
import { jsonLines } from './json-lines';

export interface Checked {
  examples: number;
  /** the first hundred */
  issues: InputIssue[];
  /** lines that are wrong, however many */
  wrong: number;
}

const MAX_ISSUES = 100;

/** Reads a file of examples line by line and says what is wrong with which row; rows count from 1. */
export async function checkExamples(
  body: AsyncIterable<Uint8Array>,
  method: keyof typeof exampleSchemas,
  signal: AbortSignal,
): Promise<Checked> {
  const checked: Checked = { examples: 0, issues: [], wrong: 0 };
  const schema = exampleSchemas[method];
  const wrong = (row: number, issues: { path: string; message: string }[]) => {
    checked.wrong++;
    for (const issue of issues) if (checked.issues.length < MAX_ISSUES) checked.issues.push({ ...issue, row });
  };
  for await (const { row, text } of jsonLines(body)) {
    if (row % 1000 === 0) {
      await new Promise(setImmediate);
      signal.throwIfAborted();
    }
    if (text === null) wrong(row, [{ path: '', message: 'the line is longer than 8 MB' }]);
    else if (text.trim() === '') continue;
    else checkLine(row, text);
  }
  return checked;

  function checkLine(row: number, text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      wrong(row, [{ path: '', message: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }]);
      return;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) checked.examples++;
    else
      wrong(
        row,
        parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      );
  }
}
