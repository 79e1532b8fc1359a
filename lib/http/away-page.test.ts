import { expect, test } from 'vitest';
import { awayPage } from './away-page';

test('the page without a database names the cause, has an error status, and may run its one script', async () => {
  const answer = awayPage('abc=', 'the database does not answer');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('2');
  expect(answer.headers.get('content-security-policy')).toContain("'nonce-abc='");
  const html = await answer.text();
  expect(html).toContain('The database can’t be reached');
  expect(html).toContain('its outcome is stored when the database is back');
  expect(html).toContain('<script nonce="abc=">');
  expect(html).toContain('the database does not answer');
});
