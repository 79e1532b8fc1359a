import { describe, expect, it } from 'vitest';
import type { Finding, MendedDto } from '@/lib/contracts/doctor';
import { FINDING_WORDS, mendedWords, mendReason, verdict } from './doctor-view';

const finding = (code: Finding['code'], mendable = true): Finding => ({
  code,
  message: 'so it is',
  count: 1,
  mendable,
});
const admin = { role: 'admin', offline: false } as const;

describe('mendReason', () => {
  it('lets an administrator mend what can be mended', () => {
    expect(mendReason({ ...admin, findings: [finding('lost-in-queue')] })).toBeNull();
    expect(mendReason({ ...admin, findings: [finding('no-workers', false), finding('holder-gone')] })).toBeNull();
  });
  it('says why not', () => {
    expect(mendReason({ ...admin, findings: undefined })).toMatch(/examined/);
    expect(mendReason({ ...admin, findings: [] })).toMatch(/Nothing is wrong/);
    expect(mendReason({ ...admin, findings: [finding('no-workers', false)] })).toMatch(/by hand/);
    expect(mendReason({ ...admin, offline: true, findings: [finding('holder-gone')] })).toMatch(/reached/);
    expect(mendReason({ role: 'member', offline: false, findings: [finding('holder-gone')] })).toMatch(/administrator/);
  });
});

describe('verdict', () => {
  it('counts what is wrong and what mending reaches', () => {
    expect(verdict([])).toMatch(/agree/);
    expect(verdict([finding('holder-gone')])).toBe('1 thing is wrong. Mending puts it right.');
    expect(verdict([finding('holder-gone'), finding('no-workers', false)])).toBe(
      '2 things are wrong. Mending puts 1 right.',
    );
    expect(verdict([finding('no-workers', false)])).toBe('1 thing is wrong, to be put right by hand.');
  });
});

describe('mendedWords', () => {
  const mended: MendedDto = { batchId: 'b', recounted: false, redelivered: 0, released: 0, resumed: [], remaining: [] };
  it('says what was done and what is left', () => {
    expect(mendedWords(mended)).toEqual(['Everything is in order now.']);
    expect(mendedWords({ ...mended, recounted: true, released: 1, redelivered: 1200 })).toEqual([
      'The counters were corrected.',
      '1 item taken back from dead processes.',
      '1,200 items delivered again.',
    ]);
    expect(mendedWords({ ...mended, remaining: [finding('no-workers', false)] })).toEqual(['1 thing left, see above.']);
  });
});

it('offers a cure exactly where the server can mend', () => {
  const byHand = Object.entries(FINDING_WORDS).filter(([, words]) => words.cure === null);
  expect(byHand.map(([code]) => code)).toEqual(['never-sealed', 'fewer-than-announced', 'no-workers', 'queue-away']);
});
