import { describe, expect, it } from 'vitest';
import { absentReason } from '@/components/shared/gating';
import { aBatch } from '@/lib/client/live/fixtures';
import type { BatchDto } from '@/lib/contracts/batch';
import type { Role } from '@/lib/contracts/permissions';
import { batchGates, cancelConsequence, capacityReason, type Situation } from './batch-gates';

const asRole = (role: Role) => ({ role, seesPayloads: true, systemAdmin: false });

// A batch with finished and unfinished items: the gates depend on these counters.
const HALFWAY = { pending: 60, active: 10, completed: 25, failed: 5, progress: 30 };

const situation = (change: Partial<BatchDto>, more: Partial<Situation> = {}): Situation => ({
  batch: aBatch({ ...HALFWAY, ...change }),
  viewer: asRole('operator'),
  pending: null,
  offline: false,
  capacity: { running: 1, canStart: true, paused: false, names: ['embed-faq'] },
  ...more,
});

describe('while items are processed', () => {
  const gates = batchGates(situation({}));
  it('has no start, and its retry is disabled with a reason', () => {
    expect(gates.start.shown).toBe(false);
    expect(gates.retry).toEqual({ shown: true, reason: '10 items still being processed' });
  });
  it('can be paused and cancelled', () => {
    expect(gates.pause).toEqual({ shown: true, reason: null });
    expect(gates.cancel).toEqual({ shown: true, reason: null });
    expect(gates.resume.shown).toBe(false);
  });
});

describe('a batch that waits', () => {
  const waiting = { status: 'pending', active: 0, completed: 0, failed: 0, pending: 100 } as const;
  it('can be started while a slot is free', () => {
    expect(batchGates(situation(waiting)).start).toEqual({ shown: true, reason: null });
  });
  it('names what occupies the slots, and is enabled when one becomes free', () => {
    const full = { running: 2, canStart: false, paused: false, names: ['embed-faq', 'nightly'] };
    expect(batchGates(situation(waiting, { capacity: full })).start.reason).toBe(
      'At capacity: embed-faq and 1 other are running',
    );
    expect(
      batchGates(situation(waiting, { capacity: { ...full, canStart: true, paused: false } })).start.reason,
    ).toBeNull();
  });
  it('has no start when it is queued, because it starts automatically', () => {
    expect(batchGates(situation({ ...waiting, queuedAt: '2026-01-01T00:00:00.000Z' })).start.shown).toBe(false);
  });
});

describe('a batch that has finished', () => {
  const finished = { status: 'partial', active: 0, pending: 0, completed: 95 } as const;
  it('can be retried, and nothing else', () => {
    const gates = batchGates(situation(finished));
    expect(gates.retry).toEqual({ shown: true, reason: null });
    for (const action of ['start', 'pause', 'resume', 'cancel', 'force-cancel'] as const) {
      expect(gates[action].shown).toBe(false);
    }
  });
  it('has no retry when everything completed', () => {
    expect(batchGates(situation({ ...finished, failed: 0, completed: 100 })).retry.shown).toBe(false);
  });
});

describe('every action', () => {
  it('is absent for viewers, with who may instead', () => {
    const gates = batchGates(situation({}, { viewer: asRole('viewer') }));
    for (const action of ['pause', 'cancel', 'force-cancel', 'retry'] as const) {
      expect(gates[action]).toEqual({
        shown: false,
        reason: expect.stringMatching(/^An operator can .* you are a viewer$/),
      });
    }
    expect(absentReason(gates)).toBe('An operator can pause batches; you are a viewer');
    expect(absentReason(batchGates(situation({})))).toBeNull();
  });
  it('is disabled until the last action was answered', () => {
    expect(batchGates(situation({}, { pending: 'pause' })).cancel.reason).toMatch(/not been answered/);
  });
  it('is disabled while the server is unavailable', () => {
    expect(batchGates(situation({}, { offline: true })).pause.reason).toMatch(/cannot be reached/);
  });
  it('can be forced once after a graceful cancel', () => {
    expect(batchGates(situation({ cancelMode: 'graceful' }))['force-cancel'].reason).toBeNull();
    expect(batchGates(situation({ cancelMode: 'force' }))['force-cancel'].reason).toMatch(/being cancelled/);
  });
});

describe('action texts', () => {
  it('state the consequences of a cancel in numbers', () => {
    expect(cancelConsequence({ active: 38, pending: 1162 }, false)).toBe(
      '38 running items will finish, 1,162 will not start.',
    );
    expect(cancelConsequence({ active: 1, pending: 1 }, true)).toBe(
      '1 running item will be aborted and counted as cancelled, 1 will not start.',
    );
    expect(cancelConsequence({ active: 0, pending: 3 }, false)).toBe('Nothing is running; 3 items will not start.');
  });
  it('name what occupies the slots', () => {
    expect(capacityReason({ running: 1, canStart: false, paused: false, names: ['embed-faq'] })).toBe(
      'At capacity: embed-faq is running',
    );
    expect(capacityReason({ running: 1, canStart: false, paused: false, names: [] })).toBe(
      'At capacity: 1 batch running',
    );
    expect(capacityReason(null)).toBeNull();
  });
});
