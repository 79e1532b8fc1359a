import { describe, expect, it } from 'vitest';
import { aBatch, aJob, aProgress } from './fixtures';
import { NewestBatches, NewestJobs } from './newest-rows';

describe('NewestBatches', () => {
  it('ignores events of a batch that was never read', () => {
    expect(new NewestBatches().apply(aProgress(5), 1)).toBe('unknown');
  });

  it('applies newer counters and keeps fields that events omit', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch(), 0, 1);
    expect(newest.apply(aProgress(20), 2)).toBe('newer');
    expect(newest.get('b1')).toMatchObject({ completed: 20, pending: 80, name: 'embed-handbook' });
  });

  it('drops an event that is older than its state', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch({ completed: 50, failed: 0 }), 0, 1);
    expect(newest.apply(aProgress(49), 2)).toBe('older');
    expect(newest.get('b1')?.completed).toBe(50);
  });

  it('drops an in-progress event that follows the end', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch({ status: 'completed', completed: 100, failed: 0, pending: 0, active: 0 }), 0, 1);
    expect(newest.apply(aProgress(100), 2)).toBe('older');
  });

  it('accepts lower counters when a new run was announced', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch({ status: 'partial', completed: 90, failed: 10, pending: 0, active: 0 }), 0, 1);
    newest.reopen('b1');
    expect(newest.apply(aProgress(90), 2)).toBe('newer');
    expect(newest.apply(aProgress(89), 3)).toBe('older');
  });

  it('compares the run if an event carries it', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch({ run: 2, completed: 10, failed: 0 }), 0, 1);
    expect(newest.apply(aProgress(99, { run: 1 }), 2)).toBe('older');
    expect(newest.apply(aProgress(5, { run: 3 }), 3)).toBe('newer');
  });

  it('accepts an answer to a request that was sent after the last event', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch({ completed: 50 }), 0, 1);
    expect(newest.merge(aBatch({ completed: 40 }), 2, 3).completed).toBe(40);
  });

  it('does not go back to an answer that an event overtook', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch({ completed: 8 }), 0, 1);
    newest.apply(aProgress(50), 10);
    expect(newest.merge(aBatch({ completed: 30, failed: 0 }), 9, 11).completed).toBe(50);
    expect(newest.merge(aBatch({ completed: 60, failed: 0 }), 9, 11).completed).toBe(60);
  });

  it('keeps the sum of the counters at the end of a run', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch(), 0, 1);
    newest.finish(
      { batchId: 'b1', status: 'partial', completed: 90, failed: 10, cancelled: 0, warned: 0, total: 100 },
      2,
    );
    expect(newest.get('b1')).toMatchObject({ pending: 0, active: 0, progress: 100, etaSeconds: null });
  });

  it('counts no cancelled item as progress at the end of a cancelled run', () => {
    const newest = new NewestBatches();
    newest.merge(aBatch({ cancelMode: 'graceful' }), 0, 1);
    newest.finish(
      { batchId: 'b1', status: 'cancelled', completed: 38, failed: 3, cancelled: 59, warned: 0, total: 100 },
      2,
    );
    expect(newest.get('b1')).toMatchObject({ pending: 0, progress: 41 });
  });
});

describe('NewestJobs', () => {
  const step = (current: number) => ({ current, total: 10, message: null });

  it('ignores an answer that is older than an event', () => {
    const newest = new NewestJobs();
    newest.apply(aJob({ status: 'completed' }), 10);
    expect(newest.merge(aJob({ status: 'active' }), 9, 11).status).toBe('completed');
  });

  it('accepts an answer to a later request, so a retry goes back to pending', () => {
    const newest = new NewestJobs();
    newest.apply(aJob({ status: 'failed', attemptsMade: 3 }), 10);
    expect(newest.merge(aJob({ status: 'pending' }), 11, 12).status).toBe('pending');
  });

  it('drops progress of a job that has ended', () => {
    const newest = new NewestJobs();
    newest.apply(aJob({ status: 'completed' }), 1);
    expect(newest.progress('j1', step(5), 2)).toBe(false);
  });

  it('drops progress that an answer overtook, but not progress of the next attempt', () => {
    const newest = new NewestJobs();
    newest.merge(aJob({ progress: step(8) }), 0, 1);
    expect(newest.progress('j1', step(5), 2)).toBe(false);
    expect(newest.progress('j1', step(9), 3)).toBe(true);
    expect(newest.progress('j1', step(1), 4)).toBe(true);
  });
});
