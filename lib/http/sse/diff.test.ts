import { describe, expect, it } from 'vitest';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { batchEvents, jobEvents, knownBatch, knownJob } from './diff';
import { comment, frame, nextEventId } from './frame';

const batch = (over: Partial<BatchDto>): BatchDto =>
  ({
    id: 'b',
    status: 'in-progress',
    run: 1,
    total: 4,
    completed: 0,
    failed: 0,
    cancelled: 0,
    warned: 0,
    costs: {},
    active: 0,
    pending: 4,
    progress: 0,
    ratePerSecond: null,
    etaSeconds: null,
    paused: false,
    cancelMode: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: null,
    ...over,
  }) as BatchDto;

const job = (over: Partial<JobSummaryDto>): JobSummaryDto =>
  ({
    id: 'j',
    batchId: 'b',
    status: 'active',
    attemptsMade: 0,
    progress: null,
    finishedAt: null,
    data: {},
    result: null,
    ...over,
  }) as JobSummaryDto;

const names = (messages: { event: string }[]) => messages.map((m) => m.event);

describe('frames', () => {
  it('have ids that only increase and keep their length, even if the clock goes back', () => {
    const ids = [nextEventId(1e12), nextEventId(1e12), nextEventId(1e12 - 5), nextEventId(1e12 + 1)];
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
  });

  it('contain no line break', () => {
    expect(frame('a\nb', { text: 'x\r\ny\u2028' }, 7)).toBe('id: 7\nevent: a b\ndata: {"text":"x\\r\\ny\u2028"}\n\n');
    expect(comment('a\r\nid: 1')).toBe(': a id: 1\n\n');
  });
});

describe('the events of a batch', () => {
  it('are its start, its progress and its end, once each', () => {
    const pending = knownBatch(batch({ status: 'pending', run: 0, startedAt: null }));
    expect(names(batchEvents(pending, batch({})))).toEqual(['processing:started', 'processing:progress']);
    expect(names(batchEvents(knownBatch(batch({})), batch({})))).toEqual([]);
    expect(batchEvents(knownBatch(batch({})), batch({ warned: 1 }))).toMatchObject([
      { event: 'processing:progress', data: { warned: 1 } },
    ]);
    expect(batchEvents(knownBatch(batch({})), batch({ costs: { tokens: 5 } }))).toMatchObject([
      { event: 'processing:progress', data: { costs: { tokens: 5 } } },
    ]);
    const done = batch({ status: 'partial', completed: 3, failed: 1, pending: 0, progress: 100 });
    expect(names(batchEvents(knownBatch(batch({})), done))).toEqual(['processing:progress', 'done']);
    expect(names(batchEvents(knownBatch(done), { ...done, ratePerSecond: 1 }))).toEqual(['processing:progress']);
  });

  it('are complete for a batch that started and ended between two reads', () => {
    expect(names(batchEvents(undefined, batch({ status: 'completed' })))).toEqual([
      'processing:started',
      'processing:progress',
      'done',
    ]);
  });

  it('start again after a retry', () => {
    const done = knownBatch(batch({ status: 'failed' }));
    expect(names(batchEvents(done, batch({ run: 2 })))).toEqual(['processing:started', 'processing:progress']);
    expect(names(batchEvents(done, batch({ run: 2, status: 'completed' })))).toEqual([
      'processing:started',
      'processing:progress',
      'done',
    ]);
  });
});

describe('the events of a job', () => {
  it('has the name of the new status', () => {
    expect(names(jobEvents(undefined, job({}), true))).toEqual(['job-created']);
    expect(names(jobEvents(undefined, job({ status: 'completed' }), true))).toEqual(['job-created', 'job-completed']);
    expect(names(jobEvents(knownJob(job({})), job({ status: 'failed' }), false))).toEqual(['job-failed']);
    expect(names(jobEvents(knownJob(job({})), job({ status: 'cancelled' }), false))).toEqual(['job-update']);
    expect(names(jobEvents(knownJob(job({})), job({}), false))).toEqual([]);
  });

  it('is progress when nothing else changed', () => {
    const progress = { current: 1, total: 2, message: null };
    expect(jobEvents(knownJob(job({})), job({ progress }), false)).toEqual([
      { event: 'job:progress', data: { jobId: 'j', batchId: 'b', progress } },
    ]);
  });

  it('is its last progress before its end if both come together', () => {
    const known = knownJob(job({ progress: { current: 2, total: 3, message: null } }));
    const progress = { current: 3, total: 3, message: null };
    const end = { finishedAt: '2026-01-01T00:00:00.000Z', progress };
    const eventsFor = (status: 'completed' | 'failed' | 'cancelled') =>
      jobEvents(known, job({ ...end, status }), false);
    expect(eventsFor('completed')[0]).toEqual({ event: 'job:progress', data: { jobId: 'j', batchId: 'b', progress } });
    expect(names(eventsFor('completed'))).toEqual(['job:progress', 'job-completed']);
    expect(names(eventsFor('failed'))).toEqual(['job:progress', 'job-failed']);
    expect(names(eventsFor('cancelled'))).toEqual(['job:progress', 'job-update']);
  });
});
