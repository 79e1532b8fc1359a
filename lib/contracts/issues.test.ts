import { expect, it } from 'vitest';
import { z } from 'zod';
import { toIssues } from './issues';

const schema = z.strictObject({
  fileId: z.uuid().optional(),
  id: z.uuid().optional(),
  to: z.enum(['csv', 'json']).optional(),
  epochs: z.union([z.literal('auto'), z.number()]).optional(),
  count: z.int().min(1).max(50).optional(),
  rate: z.number().positive().optional(),
  list: z.array(z.string()).min(1).optional(),
  name: z.string().max(3).optional(),
  own: z
    .string()
    .refine(() => false, 'is no good')
    .optional(),
});
const messageOf = (data: unknown) => {
  const parsed = schema.safeParse(data);
  return parsed.success ? undefined : toIssues(parsed.error)[0]?.message;
};

it.each<[unknown, string]>([
  [{ fileId: 'abc' }, 'must be the id of a stored file: POST /api/files gives it'],
  [{ id: 'abc' }, 'must be an id (a UUID)'],
  [{ to: 'yaml' }, 'must be one of csv, json'],
  [{ epochs: 'many' }, 'must be auto, or must be a number, not text'],
  [{ count: 0 }, 'must be at least 1'],
  [{ count: 51 }, 'must be at most 50'],
  [{ count: '7' }, 'must be a number, not text'],
  [{ rate: 0 }, 'must be more than 0'],
  [{ list: [] }, 'must have at least 1 item'],
  [{ list: {} }, 'must be a list, not an object'],
  [{ name: 'abcd' }, 'must have at most 3 characters'],
  [{ own: 'x' }, 'is no good'],
  [{ other: 1 }, 'is not a known field'],
])('%j: %s', (data, message) => {
  expect(messageOf(data)).toBe(message);
});

it('a field whose name is as long as the body is not repeated whole', () => {
  const { error } = z.strictObject({}).safeParse({ ['k'.repeat(900_000)]: 1 });
  const [issue] = toIssues(error as z.ZodError);
  expect(issue).toMatchObject({ message: 'is not a known field' });
  expect(issue?.path).toHaveLength(300);
});
