import { describe, expect, it } from 'vitest';
import { type JobSituation, jobGates } from './gating';

const situation = (status: JobSituation['job']['status'], more: Partial<JobSituation> = {}): JobSituation => ({
  job: { status, cancelRequested: false },
  role: 'admin',
  pending: false,
  offline: false,
  ...more,
});

describe('jobGates', () => {
  it('offers a retry only for what failed or was cancelled', () => {
    expect(jobGates(situation('failed')).retry).toBeNull();
    expect(jobGates(situation('cancelled')).retry).toBeNull();
    for (const status of ['pending', 'active', 'completed', 'delayed'] as const) {
      expect(jobGates(situation(status)).retry).toBeUndefined();
    }
  });
  it('offers a cancel for what has not ended, and force for what runs', () => {
    expect(jobGates(situation('pending'))).toMatchObject({ cancel: null, force: undefined });
    expect(jobGates(situation('active'))).toMatchObject({ cancel: null, force: null });
    expect(jobGates(situation('completed'))).toMatchObject({ cancel: undefined, force: undefined });
  });
  it('lets a job that was told to stop be forced only', () => {
    const gates = jobGates({ ...situation('active'), job: { status: 'active', cancelRequested: true } });
    expect(gates.cancel).toBe('It has been told to stop');
    expect(gates.force).toBeNull();
  });
  it('says why members, open requests and a lost server forbid it', () => {
    expect(jobGates(situation('failed', { role: 'member' })).retry).toMatch(/administrator/);
    expect(jobGates(situation('failed', { pending: true })).retry).toMatch(/answered/);
    expect(jobGates(situation('failed', { offline: true })).retry).toMatch(/reached/);
  });
});
