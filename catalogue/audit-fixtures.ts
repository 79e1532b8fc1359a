import type { AuditEntryDto } from '@/lib/contracts/audit';
import { ago } from './fixtures';

const anEntry = (id: number, change: Partial<AuditEntryDto>): AuditEntryDto => ({
  id: String(id),
  at: ago(id * 170),
  actor: { kind: 'user', id: 'u1', name: 'Ana Ruiz' },
  action: 'batch.launch',
  target: { kind: 'batch', id: '019f0000-0000-7000-8000-000000000001', name: 'embed-handbook' },
  requestId: `6f9b2c1e-${id}`,
  address: '192.0.2.17',
  ...change,
});

/** Entries of every kind of actor, newest first. */
export const AUDIT_ENTRIES: AuditEntryDto[] = [
  anEntry(1, { action: 'batch.cancel', after: { mode: 'force' } }),
  anEntry(2, {
    action: 'member.update',
    target: { kind: 'member', id: 'm2', name: 'Ben Okafor' },
    before: { role: 'viewer', seesPayloads: false },
    after: { role: 'operator', seesPayloads: true },
  }),
  anEntry(3, {
    actor: { kind: 'key', id: 'k1', name: 'nightly import' },
    action: 'batch.retry',
    after: { only: 'failed', count: 14 },
  }),
  anEntry(4, {
    actor: { kind: 'user', id: 'u2', name: 'ben@example.org' },
    action: 'session.sign-in-failed',
    target: { kind: 'user', id: 'u2', name: 'ben@example.org' },
  }),
  anEntry(5, {
    actor: { kind: 'system', id: 'system', name: 'system' },
    action: 'batch.seal',
    address: null,
    requestId: null,
    after: { reason: 'sealed by its deadline, with 40 items' },
  }),
  anEntry(6, { after: { count: 1200, type: 'document-processing' } }),
];
