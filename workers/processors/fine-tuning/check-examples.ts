import { z } from 'zod';
import type { InputIssue } from '@/lib/contracts/errors';
import { toIssues } from '@/lib/contracts/issues';
import { jsonLines, type Line } from './json-lines';

interface Checked {
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

const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() })).min(1), z.null()]).optional();

const message = z
  .looseObject({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
    content,
    tool_calls: z.array(z.unknown()).optional(),
    function_call: z.unknown().optional(),
    weight: z.union([z.literal(0), z.literal(1)]).optional(),
  })
  .refine((m) => Boolean(m.content?.length) || m.tool_calls !== undefined || m.function_call !== undefined, {
    message: 'needs content or tool calls',
    path: ['content'],
  });

const answers = z.array(message).refine((list) => list.some(({ role }) => role === 'assistant'), {
  message: 'needs a message of the assistant',
});

const chat = z.looseObject({
  messages: answers.refine((list) => list.at(-1)?.role === 'assistant', 'must end with a message of the assistant'),
});
const pair = z.looseObject({ prompt: z.string().min(1), completion: z.string().min(1) });
const neither = z
  .looseObject({})
  .refine(() => false, 'needs messages (a chat that ends with the assistant), or a prompt and a completion');
const preference = z.looseObject({
  input: z.looseObject({ messages: z.array(message).min(1) }),
  preferred_output: answers,
  non_preferred_output: answers,
});

type Method = 'supervised' | 'dpo';

/** The schema of a line, by method and format, as defined by the fine-tuning protocol. */
function schemaOf(method: Method, value: unknown): z.ZodType {
  if (method === 'dpo') return preference;
  const has = (key: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  if (has('messages')) return chat;
  return has('prompt') || has('completion') ? pair : neither;
}
