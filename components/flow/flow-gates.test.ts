import { describe, expect, it } from 'vitest';
import { HIDDEN, shownGate } from '@/components/shared/gating';
import type { Role } from '@/lib/contracts/permissions';
import { type FlowSituation, flowCancelConsequence, flowGates } from './flow-gates';
import { NO_COUNTS } from './graph/tree-node';

const asRole = (role: Role) => ({ role, seesPayloads: true, systemAdmin: false });

const situation = (counts: Partial<typeof NO_COUNTS>, more: Partial<FlowSituation> = {}): FlowSituation => ({
  flow: { status: 'in-progress', counts: { ...NO_COUNTS, ...counts }, cancelMode: null },
  viewer: asRole('operator'),
  pending: false,
  offline: false,
  ...more,
});

describe('flowGates', () => {
  it('offers a cancel while nodes are open, and a retry after a failure when all nodes have ended', () => {
    expect(flowGates(situation({ active: 1, 'waiting-children': 1 }))).toMatchObject({
      cancel: shownGate(null),
      retry: HIDDEN,
    });
    expect(flowGates(situation({ completed: 2 }))).toEqual({ cancel: HIDDEN, force: HIDDEN, retry: HIDDEN });
    expect(flowGates(situation({ completed: 2, failed: 1 }))).toMatchObject({ cancel: HIDDEN, retry: shownGate(null) });
    expect(flowGates(situation({ cancelled: 3 })).retry).toEqual(shownGate(null));
  });
  it('returns the reason', () => {
    expect(flowGates(situation({ failed: 1, pending: 2 })).retry.reason).toBe('2 jobs of it have not ended yet');
    expect(flowGates(situation({ active: 1 }, { viewer: asRole('viewer') })).cancel).toEqual({
      shown: false,
      reason: 'An operator can cancel flows; you are a viewer',
    });
    expect(flowGates(situation({ active: 1 }, { offline: true })).cancel.reason).toMatch(/reached/);
    expect(flowGates(situation({ failed: 1 }, { pending: true })).retry.reason).toMatch(/answered/);
  });
  it('offers only force while a flow is being cancelled', () => {
    const { flow, ...rest } = situation({ active: 1 });
    expect(flowGates({ ...rest, flow: { ...flow, cancelMode: 'graceful' } })).toMatchObject({
      cancel: shownGate('The flow is being cancelled'),
      force: shownGate(null),
    });
  });
});

it('reports the effect of a cancel in numbers', () => {
  const counts = { ...NO_COUNTS, active: 2, pending: 1, 'waiting-children': 3 };
  expect(flowCancelConsequence(counts, false)).toBe('2 running jobs will finish, 4 jobs will not start.');
  expect(flowCancelConsequence(counts, true)).toBe('2 running jobs will be aborted, 4 jobs will not start.');
  expect(flowCancelConsequence({ ...NO_COUNTS, pending: 1 }, false)).toBe('Nothing is running; 1 job will not start.');
});
