import type { z } from 'zod';
import type { InputIssue } from './errors';

/** Maximum number of issues in a response: enough to recognize a pattern. */
export const MAX_ISSUES = 100;

export type Issue = z.core.$ZodIssue;

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const typeName = (type: string): string => TYPES[type] ?? type;

/** Returns the message for a bigint or an ExactNumber where the schema expects a double or another type. */
function tooManyDigits(expected: string): string {
  if (expected !== 'number') return `must be ${typeName(expected)}, not a number`;
  return 'must be a number of at most 17 digits, and of whole numbers up to 9,007,199,254,740,991; this one would be changed';
}

const UNITS: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
};

function bound(word: 'least' | 'most', limit: number | bigint, { origin, exact }: { origin: string; exact: boolean }) {
  const unit = UNITS[origin]?.[Number(limit) === 1 ? 0 : 1];
  const figure = limit.toLocaleString('en');
  if (exact) return unit ? `must have ${figure} ${unit}` : `must be ${figure}`;
  return unit ? `must have at ${word} ${figure} ${unit}` : `must be at ${word} ${figure}`;
}

/** Returns the message of an issue for users. Messages of our schemas stay; Zod's are replaced by plain ones. */
export function issueMessage(issue: Issue): string {
  const { message } = issue;
  if (message.endsWith('received undefined')) return 'is required';
  if (!/^(Invalid|Too) /.test(message)) return message;
  switch (issue.code) {
    case 'invalid_type': {
      const found = /received (\w+)$/.exec(message)?.[1];
      if (found === 'bigint' || found === 'ExactNumber') return tooManyDigits(issue.expected);
      return `must be ${typeName(issue.expected)}${found ? `, not ${typeName(found)}` : ''}`;
    }
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      if (issue.format !== 'uuid') return message;
      return /fileId$/i.test(String(issue.path.at(-1)))
        ? 'must be the id of a stored file: POST /api/files gives it'
        : 'must be an id (a UUID)';
    case 'too_small': {
      const { minimum, inclusive = true, origin, exact = false } = issue;
      return inclusive ? bound('least', minimum, { origin, exact }) : `must be more than ${minimum}`;
    }
    case 'too_big': {
      const { maximum, inclusive = true, origin, exact = false } = issue;
      return inclusive ? bound('most', maximum, { origin, exact }) : `must be less than ${maximum}`;
    }
    case 'invalid_union': {
      const ways = issue.errors.flatMap(([first]) => (first ? [issueMessage(first)] : []));
      return ways.length > 0 ? [...new Set(ways)].join(', or ') : message;
    }
    default:
      return message;
  }
}

/** Maximum characters of a path in a response. A field name can be as long as the body. */
const MAX_PATH = 300;
const clipped = (path: string): string => (path.length > MAX_PATH ? `${path.slice(0, MAX_PATH - 1)}…` : path);

/** Converts Zod issues to issues of the contract, at most 100. Each unknown field becomes one issue with its path. */
export function toIssues(error: z.ZodError, prefix: string[] = []): InputIssue[] {
  const listed: InputIssue[] = [];
  for (const issue of error.issues) {
    const path = [...prefix, ...issue.path.map(String)];
    const found: InputIssue[] =
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, MAX_ISSUES)
            .map((key) => ({ path: clipped([...path, key].join('.')), message: 'is not a known field' }))
        : [{ path: clipped(path.join('.')), message: issueMessage(issue) }];
    for (const one of found) {
      if (listed.length >= MAX_ISSUES) return listed;
      listed.push(one);
    }
  }
  return listed;
}
