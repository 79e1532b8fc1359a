import { describe, expect, it } from 'vitest';
import { ApiError, OfflineError } from '@/lib/client/api';
import { bodyOf, explainRefusal, pathOf } from './use-flow-launch';

const refused = (status: number, retryAfter: number | null = null) =>
  explainRefusal(
    new ApiError(status, { detail: 'so it is', errors: [{ path: 'flow.name', message: 'is required' }] }, retryAfter),
    'the text',
    1_000,
  );

describe('explainRefusal', () => {
  it('waits as long as the server asks for', () => {
    expect(refused(429, 12)).toMatchObject({ tone: 'warning', waitUntil: 13_000 });
    expect(refused(429)).toMatchObject({ tone: 'warning', waitUntil: null });
  });
  it('gives the position of each issue, and keeps the text that the issue is about', () => {
    expect(refused(422)).toMatchObject({ tone: 'error', text: 'the text', issues: [{ path: 'flow.name' }] });
    expect(refused(413).issues).toEqual([]);
  });
  it('reports that nothing is created twice if the answer is unknown', () => {
    expect(explainRefusal(new OfflineError(), '', 0).detail).toMatch(/never created twice/);
    expect(refused(500).detail).toMatch(/so it is.*never created twice/);
  });
});

it('takes one flow or a list of them', () => {
  expect(bodyOf('{"name":"a","type":"t"}')).toEqual({ flow: { name: 'a', type: 't' } });
  expect(bodyOf('[{"name":"a","type":"t"}]')).toEqual({ flows: [{ name: 'a', type: 't' }] });
});

it('finds the position in the text that the server reports', () => {
  expect(pathOf({ path: 'flow.children.0.data.durationMs', message: '' })).toEqual([
    'children',
    0,
    'data',
    'durationMs',
  ]);
  expect(pathOf({ path: 'flows.1.name', message: '' })).toEqual([1, 'name']);
});
