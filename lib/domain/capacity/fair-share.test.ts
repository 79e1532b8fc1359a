import { describe, expect, test } from 'vitest';
import {
  canStartNow,
  hasFreeSlot,
  inTurn,
  mayTakeSlot,
  mustYield,
  type Share,
  type Slots,
  shareOf,
  takeTurns,
} from './fair-share';

const share = (organizationId: string, held: number, more: Partial<Share> = {}): Share => ({
  organizationId,
  held,
  waits: false,
  waitedSeconds: 0,
  weight: 1,
  reserve: 0,
  most: null,
  paused: false,
  ...more,
});
const slots = (max: number, ...shares: Share[]): Slots => ({ max, shares, allPaused: false });
const ids = (shares: Share[]) => shares.map((s) => s.organizationId);

describe('an organization of which everything is paused', () => {
  test('takes no slot, is not in turn, and its launches are accepted', () => {
    const ana = share('ana', 0, { paused: true });
    expect(mayTakeSlot(slots(4, ana), ana)).toBe('paused');
    expect(canStartNow(slots(0, ana), ana)).toBe(true);
    expect(inTurn(slots(4, ana))).toEqual([]);
    expect(shareOf({ max: 1, shares: [], allPaused: true }, 'ben').paused).toBe(true);
  });
});

describe('a free slot', () => {
  test('is for anyone while nobody else waits', () => {
    const ana = share('ana', 3);
    expect(mayTakeSlot(slots(4, ana, share('ben', 0)), ana)).toBe('yes');
    expect(mayTakeSlot(slots(3, ana), ana)).toBe('full');
  });

  test('is kept for an organization that waits and holds fewer', () => {
    const [ana, ben] = [share('ana', 3), share('ben', 0, { waits: true })];
    expect(mayTakeSlot(slots(4, ana, ben), ana)).toBe('full');
    expect(mayTakeSlot(slots(5, ana, ben), ana)).toBe('yes');
    expect(mayTakeSlot(slots(4, ana, ben), ben)).toBe('yes');
  });

  test('is kept for the reserve of another, also while that one has no work', () => {
    const [ana, ben] = [share('ana', 1), share('ben', 1, { reserve: 3 })];
    expect(mayTakeSlot(slots(4, ana, ben), ana)).toBe('full');
    expect(hasFreeSlot(slots(4, ana, ben), ana)).toBe(false);
    expect(mayTakeSlot(slots(5, ana, ben), ana)).toBe('yes');
    expect(mayTakeSlot(slots(4, ana, ben), ben)).toBe('yes');
  });

  test('is not for an organization that holds the most it may', () => {
    const ana = share('ana', 2, { most: 2, waits: true });
    expect(mayTakeSlot(slots(9, ana), ana)).toBe('limit');
    expect(inTurn(slots(9, ana))).toEqual([]);
    expect(hasFreeSlot(slots(9, ana), ana)).toBe(false);
  });

  test('goes to the smallest part first, in proportion to the weights', () => {
    const waits = { waits: true };
    expect(ids(inTurn(slots(9, share('ana', 2, waits), share('ben', 1, waits), share('cy', 0))))).toEqual([
      'ben',
      'ana',
    ]);
    expect(ids(inTurn(slots(9, share('ana', 2, { ...waits, weight: 4 }), share('ben', 1, waits))))).toEqual([
      'ana',
      'ben',
    ]);
    const longer = share('cy', 1, { ...waits, waitedSeconds: 3 });
    expect(ids(inTurn(slots(9, share('ben', 1, waits), longer)))).toEqual(['cy', 'ben']);
  });
});

describe('a slot is yielded', () => {
  test('by who holds more, until both hold the same', () => {
    const [ana, ben] = [share('ana', 4), share('ben', 0, { waits: true })];
    expect(ids(mustYield(slots(4, ana, ben), ben))).toEqual(['ana']);
    const later = share('ben', 2, { waits: true });
    expect(mustYield(slots(4, share('ana', 2), later), later)).toEqual([]);
    const odd = share('ben', 1, { waits: true });
    expect(mustYield(slots(3, share('ana', 2), odd), odd)).toEqual([]);
  });

  test('by who holds the largest part first, in proportion to the weights', () => {
    const own = share('own', 0, { waits: true });
    const heavy = share('heavy', 6, { weight: 6 });
    expect(ids(mustYield(slots(9, heavy, share('light', 3), own), own))).toEqual(['light']);
    expect(ids(mustYield(slots(12, share('ana', 5), share('ben', 7), own), own))).toEqual(['ben', 'ana']);
  });

  test('never from a reserve, and always to one', () => {
    const own = share('own', 0, { waits: true });
    expect(mustYield(slots(3, share('ana', 3, { reserve: 3 }), own), own)).toEqual([]);
    const reserved = share('own', 1, { waits: true, reserve: 2 });
    expect(ids(mustYield(slots(2, share('ana', 1), reserved), reserved))).toEqual(['ana']);
  });

  test('to nobody who holds the most it may', () => {
    const own = share('own', 1, { waits: true, most: 1 });
    expect(mustYield(slots(8, share('ana', 7), own), own)).toEqual([]);
    expect(takeTurns(slots(8, share('ana', 8), share('own', 0, { most: 0 })), share('own', 0, { most: 0 }))).toEqual(
      [],
    );
  });

  test('in turns where there are fewer slots than organizations', () => {
    const own = share('own', 0, { waits: true });
    const all = slots(1, share('ana', 1), own);
    expect(mustYield(all, own)).toEqual([]);
    expect(ids(takeTurns(all, own))).toEqual(['ana']);
    const has = share('own', 1, { waits: true });
    expect(takeTurns(slots(2, share('ana', 1), has), has)).toEqual([]);
  });
});
