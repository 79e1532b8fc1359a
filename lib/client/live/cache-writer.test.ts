import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '@/lib/client/keys';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobList } from '@/lib/contracts/job';
import { CacheWriter } from './cache-writer';
import { aBatch, aJob, aProgress } from './fixtures';

const capacity = {
  runningBatches: [],
  activeBatches: 0,
  maxBatches: 2,
  canStart: true,
  isShuttingDown: false,
  workers: [],
  paused: false,
  pause: null,
  queueAwaySince: null,
  jobTypesChangedAt: null,
};

describe('CacheWriter', () => {
  let client: QueryClient;
  let writer: CacheWriter;
  let frames: (() => void)[];
  const list = keys.batches.list({}, 50);
  const rows = keys.batches.jobs('b1', {});
  const frame = (): void => {
    for (const run of frames.splice(0)) run();
  };
  const batch = (): BatchDto | undefined => client.getQueryData(keys.batches.detail('b1'));

  beforeEach(() => {
    vi.useFakeTimers();
    frames = [];
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
    client = new QueryClient();
    writer = new CacheWriter(client);
    writer.batches.merge(aBatch(), 0, 0);
    client.setQueryData(keys.batches.detail('b1'), aBatch());
    client.setQueryData(list, {
      pages: [{ batches: [aBatch(), aBatch({ id: 'b2' })], nextCursor: null }],
      pageParams: [null],
    });
    client.setQueryData(rows, {
      pages: [{ jobs: [aJob(), aJob({ id: 'j2' })], nextCursor: null }],
      pageParams: [null],
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
    client.clear();
  });

  it('writes once per frame, and only the last of several updates', () => {
    const written = vi.fn();
    client.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success') written(event.query.queryKey);
    });
    for (let n = 11; n <= 40; n += 1) writer.take({ event: 'processing:progress', data: aProgress(n) });
    expect(batch()?.completed).toBe(8);
    expect(frames).toHaveLength(1);
    frame();
    expect(batch()?.completed).toBe(40);
    expect(written.mock.calls.map(([key]) => key)).toEqual([keys.batches.detail('b1'), list]);
  });

  it('updates every list that contains the batch, and no other rows', () => {
    const before = client.getQueryData<{ pages: { batches: BatchDto[] }[] }>(list)?.pages[0]?.batches;
    writer.take({ event: 'processing:progress', data: aProgress(40) });
    frame();
    const after = client.getQueryData<{ pages: { batches: BatchDto[] }[] }>(list)?.pages[0]?.batches;
    expect(after?.[0]?.completed).toBe(40);
    expect(after?.[1]).toBe(before?.[1]);
  });

  it('never lets an older event overwrite newer counters', () => {
    writer.take({ event: 'processing:progress', data: aProgress(60) });
    frame();
    writer.take({ event: 'processing:progress', data: aProgress(59) });
    frame();
    expect(batch()?.completed).toBe(60);
  });

  it('shows the exact end of a batch', () => {
    const { batchId, total } = aProgress(0);
    writer.take({
      event: 'done',
      data: { batchId, status: 'partial', completed: 93, failed: 7, cancelled: 0, warned: 0, total },
    });
    frame();
    expect(batch()).toMatchObject({
      status: 'partial',
      completed: 93,
      failed: 7,
      pending: 0,
      active: 0,
      progress: 100,
    });
  });

  it('updates a job in every list that contains it', () => {
    writer.take({ event: 'job-completed', data: { job: aJob({ status: 'completed', resultPreview: '1' }) } });
    frame();
    const jobs = client.getQueryData<{ pages: JobList[] }>(rows)?.pages[0]?.jobs;
    expect(jobs?.map(({ status }) => status)).toEqual(['completed', 'active']);
  });

  it('keeps the full job: a shortened event does not overwrite it, and the end is read again', () => {
    const held = {
      ...aJob({ metadata: { ticket: 'x'.repeat(2000) }, description: 'long' }),
      data: { n: 1 },
      result: null,
      attempts: [],
      batchName: null,
      discardedBy: null,
    };
    client.setQueryData(keys.jobs.detail('j1'), held);
    const cut = { metadata: null, metadataPreview: '{"ticket":"xx…', description: 'lo…' };
    writer.take({ event: 'job-update', data: { job: aJob({ ...cut, cancelRequested: true }) } });
    frame();
    const { dataPreview, resultPreview, ...whole } = held;
    expect(client.getQueryData(keys.jobs.detail('j1'))).toMatchObject({ ...whole, cancelRequested: true });
    writer.take({ event: 'job-completed', data: { job: aJob({ status: 'completed', resultPreview: '1' }) } });
    frame();
    expect(client.getQueryData(keys.jobs.detail('j1'))).toMatchObject({ status: 'active' });
    expect(client.getQueryState(keys.jobs.detail('j1'))?.isInvalidated).toBe(true);
  });

  it('keeps the full metadata of a batch, because lists omit long ones', () => {
    const metadata = { importId: 'i1', note: 'x'.repeat(2000) };
    writer.batches.merge(aBatch({ metadata }), 1, 1);
    const listed = aBatch({ completed: 9, pending: 79, metadata: null, metadataPreview: '{"importId"…' });
    expect(writer.batches.merge(listed, 2, 2)).toMatchObject({ completed: 9, metadata });
    expect(writer.batches.merge(aBatch({ id: 'b9', metadataPreview: '{…' }), 2, 2).metadata).toBeNull();
  });

  it('keeps the end of a job when its progress comes in the same frame', () => {
    writer.take({
      event: 'job:progress',
      data: { jobId: 'j1', batchId: 'b1', progress: { current: 1, total: 2, message: null } },
    });
    writer.take({ event: 'job-completed', data: { job: aJob({ status: 'completed' }) } });
    writer.take({
      event: 'job:progress',
      data: { jobId: 'j1', batchId: 'b1', progress: { current: 2, total: 2, message: null } },
    });
    frame();
    const jobs = client.getQueryData<{ pages: JobList[] }>(rows)?.pages[0]?.jobs;
    expect(jobs?.[0]?.status).toBe('completed');
  });

  it('reads everything again a little after the first snapshot, because the page has just been read', () => {
    const isStale = () => client.getQueryState(list)?.isInvalidated;
    writer.take({ event: 'snapshot', data: { batches: [aBatch({ completed: 12 })], capacity } });
    expect(batch()?.completed).toBe(12);
    expect(isStale()).toBe(false);
    vi.advanceTimersByTime(2_500);
    expect(isStale()).toBe(true);
  });

  it('writes the snapshot after a reconnect, drops pending updates and reads the rest again', () => {
    writer.take({ event: 'snapshot', data: { batches: [], capacity } });
    writer.take({ event: 'processing:progress', data: aProgress(20) });
    const retried = aBatch({ run: 2, completed: 5, failed: 0, pending: 85 });
    writer.take({ event: 'snapshot', data: { batches: [retried], capacity } });
    frame();
    expect(batch()).toMatchObject({ run: 2, completed: 5 });
    expect(client.getQueryData(keys.capacity)).toEqual(capacity);
    for (const key of [keys.batches.detail('b1'), list, rows])
      expect(client.getQueryState(key)?.isInvalidated).toBe(true);
  });

  it('reads a batch again when its state changes, because times and reasons are only in the row', () => {
    writer.take({ event: 'processing:progress', data: aProgress(20) });
    frame();
    expect(client.getQueryState(keys.batches.detail('b1'))?.isInvalidated).toBe(false);
    writer.take({ event: 'processing:progress', data: aProgress(100, { status: 'completed' }) });
    frame();
    expect(client.getQueryState(keys.batches.detail('b1'))?.isInvalidated).toBe(true);
  });

  it('writes capacity', () => {
    writer.take({ event: 'capacity', data: { ...capacity, activeBatches: 1 } });
    frame();
    expect(client.getQueryData(keys.capacity)).toMatchObject({ activeBatches: 1 });
  });
});
