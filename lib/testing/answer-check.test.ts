import { expect, it } from 'vitest';
import { openApiDocument } from '@/lib/http/openapi/document';
import { AnswerCheck } from './answer-check';

const json = { method: 'GET', contentType: 'application/json', status: 200 };
const status = { status: 'completed', progress: 100, completed: 1, failed: 0, total: 1 };

const differs = (path: string, body: unknown, changes: object = {}) =>
  new AnswerCheck(openApiDocument()).differs({ ...json, path, body: JSON.stringify(body), ...changes });

it('accepts a documented answer, and counts its operation as covered', () => {
  const check = new AnswerCheck(openApiDocument());
  const path = '/api/batches/0199/status?x=1';
  expect(check.differs({ ...json, path, body: JSON.stringify(status) })).toBeUndefined();
  expect([...check.met]).toEqual(['getBatchStatus']);
});

it('names the operation, the path and the difference', () => {
  const path = '/api/batches/0199/status';
  expect(differs(path, { ...status, extra: 1 })).toMatch(/^getBatchStatus: GET .*answered 200: .*"extra"/);
  expect(differs(path, { ...status, total: '1' })).toMatch(/\/total must be integer/);
  expect(differs(path, status, { status: 422 })).toMatch(/the document has only/);
  expect(differs(path, status, { contentType: 'text/html' })).toMatch(/content type is text\/html/);
  expect(differs('/api/nothing', {}, { status: 200 })).toMatch(/no such call/);
});

it('refuses an error code that the document does not list for the call and status', () => {
  const problem = (code: string) => ({
    type: `urn:batchyard:problem:${code}`,
    title: 't',
    status: 409,
    code,
    detail: 'd',
  });
  const answer = { method: 'POST', status: 409, contentType: 'application/problem+json' };
  expect(differs('/api/batches/0199/cancel', problem('already-finished'), answer)).toBeUndefined();
  expect(differs('/api/batches/0199/cancel', problem('has-parent'), answer)).toMatch(/\/code must be equal to one of/);
});

it('prefers a fixed path to a parameter, and finds faults deep in a list', () => {
  const counts = { total: 0, pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 };
  const stats = { ...counts, successRate: null, averageDurationMs: null, byType: { diagnostic: counts } };
  expect(differs('/api/jobs/stats', stats)).toBeUndefined();
  expect(differs('/api/jobs/stats', { ...stats, byType: { diagnostic: {} } })).toMatch(/\/byType\/diagnostic/);
});
