import { expect, it } from 'vitest';
import { listAuditQuery } from './audit';
import { pastTense } from './audit-words';

it.each([
  ['batch.cancel', 'cancelled'],
  ['batch.launch', 'launched'],
  ['batch.retry', 'retried'],
  ['import.stop', 'stopped'],
  ['member.remove', 'removed'],
  ['queue.retry-job', 'retried job'],
  ['session.sign-in-failed', 'failed to sign in'],
  ['user.reset-password', 'reset the password'],
])('%s reads as “ana %s”', (action, words) => {
  expect(pastTense(action)).toBe(words);
});

it.each(['batch.cancel', 'batch.*', 'api-key.create,member.*'])('the filter by action accepts %s', (action) => {
  expect(listAuditQuery.parse({ action }).action).toEqual(action.split(','));
});

it.each(['batch', '*', 'batch.%', 'Batch.cancel', "batch.'"])('the filter by action refuses %s', (action) => {
  expect(listAuditQuery.safeParse({ action }).success).toBe(false);
});
