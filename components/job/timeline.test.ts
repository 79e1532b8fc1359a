import { describe, expect, it } from 'vitest';
import { aJob } from '@/lib/client/live/fixtures';
import type { AttemptDto, JobDetailDto } from '@/lib/contracts/job';
import { timelineOf } from './timeline';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const attempt = (n: number, outcome: AttemptDto['outcome'], from: number, to: number | null): AttemptDto => ({
  attempt: n,
  run: 1,
  outcome,
  startedAt: at(from),
  finishedAt: to === null ? null : at(to),
  error: outcome === 'failed' ? { message: 'no luck' } : null,
  codeVersion: null,
});

const job = (change: Partial<JobDetailDto>): JobDetailDto => ({
  ...aJob({ status: 'pending', createdAt: at(0), startedAt: null }),
  data: {},
  result: null,
  batchName: null,
  discardedBy: null,
  externalId: null,
  stepsRemembered: 0,
  offeredVersions: [],
  attempts: [],
  run: 1,
  ...change,
});

const titles = (change: Partial<JobDetailDto>): string[] => timelineOf(job(change)).map(({ title }) => title);

describe('timelineOf', () => {
  it('starts with the creation, and shows what the job waits for', () => {
    expect(titles({})).toEqual(['Created by ana', 'Waiting in the queue']);
  });

  it('shows attempts and the waits between them', () => {
    const attempts = [attempt(1, 'failed', 0, 2), attempt(2, 'completed', 6, 7)];
    expect(titles({ status: 'completed', attempts })).toEqual([
      'Created by ana',
      'Attempt 1 failed after 2 s',
      'Waited to try again 4 s',
      'Attempt 2 completed after 1 s',
    ]);
  });

  it('keeps a running attempt open', () => {
    const entries = timelineOf(job({ status: 'active', attempts: [attempt(1, 'active', 0, null)] }));
    expect(entries.at(-1)).toMatchObject({ title: 'Attempt 1 is running', ongoing: true, mark: 'active' });
  });

  it('shows an error once', () => {
    const error = { message: 'no luck' };
    const entries = timelineOf(
      job({ status: 'failed', error, finishedAt: at(2), attempts: [attempt(1, 'failed', 0, 2)] }),
    );
    expect(entries.filter(({ detail }) => detail === 'no luck')).toHaveLength(1);
    expect(entries.at(-1)?.title).toBe('Failed permanently');
  });

  it('shows where a manual retry started the next run', () => {
    const attempts = [attempt(1, 'failed', 0, 2), { ...attempt(2, 'completed', 2, 3), run: 2 }];
    expect(titles({ status: 'completed', attempts, run: 2 })).toEqual([
      'Created by ana',
      'Attempt 1 failed after 2 s',
      'Run 2: retried by hand',
      'Attempt 2 completed after 1 s',
    ]);
  });

  it('numbers the attempts of a run from one, whatever earlier runs counted', () => {
    expect(titles({ status: 'completed', attempts: [attempt(7, 'completed', 0, 1)] })).toContain(
      'Attempt 1 completed after 1 s',
    );
  });
});
