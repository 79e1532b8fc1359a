import { expect, test } from 'vitest';
import { toIssues } from './issues';
import { updateBatchBody } from './steering';

const pathsOf = (body: unknown): string[] => {
  const { error } = updateBatchBody.safeParse(body);
  return error ? toIssues(error).map((issue) => issue.path) : [];
};

test('a change has the bounds of a launch, and each fault names its field', () => {
  expect(pathsOf({ options: { concurrency: 10_001, stopAfter: 0 } })).toEqual([
    'options.concurrency',
    'options.stopAfter',
  ]);
  expect(pathsOf({ options: { priority: 1001, maxAttempts: 0, stopOnFailureRate: 1.1 } })).toHaveLength(3);
  expect(pathsOf({ options: { backoff: null } })).toHaveLength(1);
  expect(pathsOf({ paused: true })).toHaveLength(1);
});

test('null removes an option, and what is left out stays', () => {
  const body = { options: { concurrency: null, maxAttempts: 3 }, metadata: null };
  expect(updateBatchBody.parse(body)).toEqual(body);
  expect(updateBatchBody.parse({})).toEqual({});
});
