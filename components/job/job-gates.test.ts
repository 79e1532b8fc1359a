import { describe, expect, it } from 'vitest';
import { HIDDEN, shownGate } from '@/components/shared/gating';
import type { Role } from '@/lib/contracts/permissions';
import { type JobSituation, jobGates } from './job-gates';

const asRole = (role: Role) => ({ role, seesPayloads: true, systemAdmin: false });

const situation = (status: JobSituation['job']['status'], more: Partial<JobSituation> = {}): JobSituation => ({
  job: { status, cancelRequested: false },
  viewer: asRole('operator'),
  pending: false,
  offline: false,
  ...more,
});

describe('jobGates', () => {
  it('offers a retry only for failed and cancelled jobs', () => {
    expect(jobGates(situation('failed')).retry).toEqual(shownGate(null));
    expect(jobGates(situation('cancelled')).retry).toEqual(shownGate(null));
    for (const status of ['pending', 'active', 'completed', 'delayed'] as const) {
      expect(jobGates(situation(status)).retry).toBe(HIDDEN);
    }
  });
  it('offers a cancel for open jobs, and force for running ones', () => {
    expect(jobGates(situation('pending'))).toMatchObject({ cancel: shownGate(null), force: HIDDEN });
    expect(jobGates(situation('active'))).toMatchObject({ cancel: shownGate(null), force: shownGate(null) });
    expect(jobGates(situation('completed'))).toMatchObject({ cancel: HIDDEN, force: HIDDEN });
  });
  it('offers only force after a graceful cancel', () => {
    const gates = jobGates({ ...situation('active'), job: { status: 'active', cancelRequested: true } });
    expect(gates.cancel.reason).toBe('It was already asked to stop');
    expect(gates.force).toEqual(shownGate(null));
  });
  it('is absent for viewers, with who may instead', () => {
    expect(jobGates(situation('failed', { viewer: asRole('viewer') })).retry).toEqual({
      shown: false,
      reason: 'An operator can retry jobs; you are a viewer',
    });
  });
  it('is disabled with a reason for open requests and a lost server', () => {
    expect(jobGates(situation('failed', { pending: true })).retry.reason).toMatch(/answered/);
    expect(jobGates(situation('failed', { offline: true })).retry.reason).toMatch(/reached/);
  });
});
