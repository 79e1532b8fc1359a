import type { z } from 'zod';
import type { InputIssue } from './errors';

const MAX_ISSUES = 100;

const plain = (message: string): string => (message.endsWith('received undefined') ? 'is required' : message);

/** Zod's issues as the contract's: at most 100, one for each unknown field, so that each has its own path. */
export function toIssues(error: z.ZodError, prefix: string[] = []): InputIssue[] {
  return error.issues
    .flatMap((issue): InputIssue[] => {
      const path = [...prefix, ...issue.path.map(String)];
      if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: plain(issue.message) }];
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a known field' }));
    })
    .slice(0, MAX_ISSUES);
}
