import { describe, expect, it } from 'vitest';
import type { Role } from '@/lib/contracts/permissions';
import { absentReason, HIDDEN, OFFLINE_REASON, permissionGate, roleReason, shownGate } from './gating';

const asRole = (role: Role, systemAdmin = false) => ({ role, seesPayloads: true, systemAdmin });
const access = { viewer: asRole('operator'), pending: false, offline: false };

describe('the reason of a role', () => {
  it('names the lowest role that may, and the own one', () => {
    expect(roleReason(asRole('viewer'), 'batch.launch')).toBe('An operator can launch batches; you are a viewer');
    expect(roleReason(asRole('operator'), 'secret.create')).toBe(
      'An administrator can create secrets; you are an operator',
    );
    expect(roleReason(asRole('admin'), 'member.update')).toBe('An owner can update members; you are an administrator');
  });
  it('is null for roles that may, and while the viewer is not loaded', () => {
    expect(roleReason(asRole('owner'), 'batch.launch')).toBeNull();
    expect(roleReason(undefined, 'batch.launch')).toBeNull();
  });
  it('keeps owners from what belongs to system administrators', () => {
    expect(roleReason(asRole('owner'), 'queue.resume')).toBe(
      'A system administrator can resume queues; you are an owner',
    );
    expect(roleReason(asRole('viewer', true), 'queue.resume')).toBeNull();
  });
});

describe('the gate of a permission', () => {
  it('is absent with the reason, whatever else blocks it', () => {
    const gate = permissionGate({ ...access, offline: true }, 'secret.create', 'blocked');
    expect(gate).toEqual({ shown: false, reason: 'An administrator can create secrets; you are an operator' });
    expect(absentReason({ a: HIDDEN, b: shownGate('x'), c: gate })).toBe(gate.reason);
  });
  it('is disabled while the server is away, then by what blocks it', () => {
    expect(permissionGate({ ...access, offline: true }, 'batch.cancel', 'blocked')).toEqual(shownGate(OFFLINE_REASON));
    expect(permissionGate(access, 'batch.cancel', 'blocked')).toEqual(shownGate('blocked'));
    expect(permissionGate(access, 'batch.cancel', null)).toEqual(shownGate(null));
  });
});
