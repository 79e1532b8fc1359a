import { expect, test } from 'vitest';
import { safeNext } from './safe-next';

test.each([
  ['/batches?status=failed#row', '/batches?status=failed#row'],
  [['/jobs', '/batches'], '/jobs'],
  [undefined, '/'],
  ['', '/'],
  ['batches', '/'],
  ['https://example.org/', '/'],
  ['//example.org', '/'],
  ['/\\example.org', '/'],
  ['/\t/example.org', '/'],
  ['/a/..//example.org', '/'],
  ['/sign-in?next=/sign-in', '/'],
  ['/api/auth/sign-out', '/'],
])('%j redirects to %s', (next, wanted) => {
  expect(safeNext(next as string | string[] | undefined)).toBe(wanted);
});
