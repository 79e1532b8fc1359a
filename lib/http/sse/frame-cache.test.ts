import { expect, test } from 'vitest';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { systemContext } from '@/lib/domain/context';
import { jobFrames } from './diff';
import { bytesOf, comment } from './frame';
import { Viewer } from './viewer';

const job = (fields: Partial<JobSummaryDto>): JobSummaryDto =>
  ({ id: 'j', batchId: 'b', status: 'active', progress: null, finishedAt: null, ...fields }) as JobSummaryDto;

function viewerOf() {
  const sent: string[] = [];
  const viewer = new Viewer(systemContext('o'), { batchIds: new Set(), jobIds: new Set() } as never, {
    write: (text) => sent.push(text) > 0,
    force: () => undefined,
    close: () => undefined,
  });
  viewer.snapshot({ batches: [], capacity: { workers: [] } } as never);
  return { viewer, sent };
}

test('viewers with the same state get the same frame', () => {
  const [one, two] = [viewerOf(), viewerOf()];
  const active = job({});
  one.viewer.job(active, false);
  two.viewer.job(active, false);
  expect(one.sent).toHaveLength(1);
  expect(two.sent[0]).toBe(one.sent[0]);
});

test('streams that get the same message share its bytes', () => {
  const text = comment('é');
  expect(bytesOf(comment('é'))).toBe(bytesOf(text));
  expect(Buffer.from(bytesOf(text)).toString()).toBe(text);
  for (let i = 0; i < 20; i += 1) expect(Buffer.from(bytesOf(comment(`${i}`))).toString()).toBe(comment(`${i}`));
});

test('a frame of one viewer does not count as sent to another', () => {
  const [one, two] = [viewerOf(), viewerOf()];
  const active = job({});
  for (const { viewer } of [one, two]) viewer.job(active, false);
  const progress = { current: 1, total: 2, message: null };
  one.viewer.progress('j', 'b', progress);
  two.viewer.progress('j', 'b', progress);
  expect([one.sent.length, two.sent.length]).toEqual([2, 2]);
});

test('a viewer with an older state gets more', () => {
  const done = jobFrames(job({ status: 'completed', finishedAt: '2030-01-01T00:00:00Z' }), false);
  expect(done.framesSince(undefined)).toHaveLength(1);
  expect(done.framesSince(done.known)).toEqual([]);
});
