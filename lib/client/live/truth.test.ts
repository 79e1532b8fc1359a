import { describe, expect, it } from 'vitest';
import { BatchTruth } from './batch-truth';
import { aBatch, aJob, aProgress } from './fixtures';
import { JobTruth } from './job-truth';

describe('BatchTruth', () => {
  it('knows nothing of a batch that was never read', () => {
    expect(new BatchTruth().apply(aProgress(5), 1)).toBe('unknown');
  });

  it('takes newer counters and keeps what events do not carry', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch(), 0, 1);
    expect(truth.apply(aProgress(20), 2)).toBe('newer');
    expect(truth.get('b1')).toMatchObject({ completed: 20, pending: 80, name: 'embed-handbook' });
  });

  it('drops an event that is older than what it holds', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch({ completed: 50, failed: 0 }), 0, 1);
    expect(truth.apply(aProgress(49), 2)).toBe('older');
    expect(truth.get('b1')?.completed).toBe(50);
  });

  it('drops an in-progress event that follows the end', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch({ status: 'completed', completed: 100, failed: 0, pending: 0, active: 0 }), 0, 1);
    expect(truth.apply(aProgress(100), 2)).toBe('older');
  });

  it('lets lower counters in when a new run was announced', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch({ status: 'partial', completed: 90, failed: 10, pending: 0, active: 0 }), 0, 1);
    truth.reopen('b1');
    expect(truth.apply(aProgress(90), 2)).toBe('newer');
    expect(truth.apply(aProgress(89), 3)).toBe('older');
  });

  it('goes by the run where an event says it', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch({ run: 2, completed: 10, failed: 0 }), 0, 1);
    expect(truth.apply(aProgress(99, { run: 1 }), 2)).toBe('older');
    expect(truth.apply(aProgress(5, { run: 3 }), 3)).toBe('newer');
  });

  it('believes an answer to a question that was asked after the last event', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch({ completed: 50 }), 0, 1);
    expect(truth.absorb(aBatch({ completed: 40 }), 2, 3).completed).toBe(40);
  });

  it('does not go back for an answer that an event overtook', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch({ completed: 8 }), 0, 1);
    truth.apply(aProgress(50), 10);
    expect(truth.absorb(aBatch({ completed: 30, failed: 0 }), 9, 11).completed).toBe(50);
    expect(truth.absorb(aBatch({ completed: 60, failed: 0 }), 9, 11).completed).toBe(60);
  });

  it('keeps the counters adding up at the end of a run', () => {
    const truth = new BatchTruth();
    truth.absorb(aBatch(), 0, 1);
    truth.finish(
      { batchId: 'b1', status: 'partial', completed: 90, failed: 10, cancelled: 0, warned: 0, total: 100 },
      2,
    );
    expect(truth.get('b1')).toMatchObject({ pending: 0, active: 0, progress: 100, etaSeconds: null });
  });
});

describe('JobTruth', () => {
  const step = (current: number) => ({ current, total: 10, message: null });

  it('does not let an answer undo an event that came meanwhile', () => {
    const truth = new JobTruth();
    truth.apply(aJob({ status: 'completed' }), 10);
    expect(truth.absorb(aJob({ status: 'active' }), 9, 11).status).toBe('completed');
  });

  it('believes an answer to a later question: a retry goes back to pending', () => {
    const truth = new JobTruth();
    truth.apply(aJob({ status: 'failed', attemptsMade: 3 }), 10);
    expect(truth.absorb(aJob({ status: 'pending' }), 11, 12).status).toBe('pending');
  });

  it('drops progress of a job that has ended', () => {
    const truth = new JobTruth();
    truth.apply(aJob({ status: 'completed' }), 1);
    expect(truth.progress('j1', step(5), 2)).toBe(false);
  });

  it('drops progress that an answer overtook, but not that of the next attempt', () => {
    const truth = new JobTruth();
    truth.absorb(aJob({ progress: step(8) }), 0, 1);
    expect(truth.progress('j1', step(5), 2)).toBe(false);
    expect(truth.progress('j1', step(9), 3)).toBe(true);
    expect(truth.progress('j1', step(1), 4)).toBe(true);
  });
});
