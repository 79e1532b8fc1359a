import { describe, expect, it } from 'vitest';
import type { Finding, RepairDto } from '@/lib/contracts/doctor';
import { FINDING_WORDS, repairedWords, repairReason, verdict } from './doctor-view';

const finding = (code: Finding['code'], repairable = true): Finding => ({
  code,
  message: 'so it is',
  count: 1,
  repairable,
});
const online = { offline: false } as const;

describe('repairReason', () => {
  it('is null for what can be repaired', () => {
    expect(repairReason({ ...online, findings: [finding('lost-in-queue')] })).toBeNull();
    expect(repairReason({ ...online, findings: [finding('no-workers', false), finding('holder-gone')] })).toBeNull();
  });
  it('returns the reason', () => {
    expect(repairReason({ ...online, findings: undefined })).toMatch(/examined/);
    expect(repairReason({ ...online, findings: [] })).toMatch(/Nothing is wrong/);
    expect(repairReason({ ...online, findings: [finding('no-workers', false)] })).toMatch(/by hand/);
    expect(repairReason({ ...online, offline: true, findings: [finding('holder-gone')] })).toMatch(/reached/);
  });
});

describe('verdictOf', () => {
  it('counts what is wrong and what a repair fixes', () => {
    expect(verdict([])).toMatch(/agree/);
    expect(verdict([finding('holder-gone')])).toBe('1 fault was found. Repair fixes it.');
    expect(verdict([finding('holder-gone'), finding('no-workers', false)])).toBe(
      '2 faults were found. Repair fixes 1 of them.',
    );
    expect(verdict([finding('no-workers', false)])).toBe('1 fault was found. Repair by hand is needed.');
  });
});

describe('repairedWords', () => {
  const repaired: RepairDto = {
    batchId: 'b',
    recounted: false,
    redelivered: 0,
    released: 0,
    resumed: [],
    remaining: [],
  };
  it('reports what was repaired and what is left', () => {
    expect(repairedWords(repaired)).toEqual(['No fault is left.']);
    expect(repairedWords({ ...repaired, recounted: true, released: 1, redelivered: 1200 })).toEqual([
      'The counters were corrected.',
      '1 item released from dead processes.',
      '1,200 items delivered again.',
    ]);
    expect(repairedWords({ ...repaired, remaining: [finding('no-workers', false)] })).toEqual([
      '1 fault left, see above.',
    ]);
  });
});

it('offers a repair exactly where the server can repair', () => {
  const byHand = Object.entries(FINDING_WORDS).filter(([, words]) => words.cure === null);
  expect(byHand.map(([code]) => code)).toEqual(['never-sealed', 'fewer-than-announced', 'no-workers', 'queue-away']);
});
