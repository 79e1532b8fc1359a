import { describe, expect, it } from 'vitest';
import type { CatchUp } from '@/lib/contracts/schedule';
import { parseCron } from './cron';
import { MAX_RECORDED, momentOf, planFirings } from './plan-firings';
import { nextTime, type Timing, timesBetween } from './times';

const MINUTE = 60_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const END = Date.parse('2027-01-01T00:00:00Z');

const timingIn = (timeZone: string, cron: string): Timing => ({
  cron: parseCron(cron),
  everyMs: null,
  timeZone,
  anchor: START,
  startAt: null,
  endAt: null,
  exclude: [],
});

/** A generator of numbers below 1 that is the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Year {
  timing: Timing;
  jitterSeconds?: number;
  catchUp?: CatchUp;
  seed: number;
}

/**
 * A year of two supervisors on one database: it stores decisions under the key of the due time, and the next due time with
 * them. Supervisors look late, crash before a commit, and are all away for hours; the clock jumps by up to ten minutes.
 */
function liveThroughAYear({ timing, jitterSeconds = 0, catchUp = 'none', seed }: Year) {
  const random = seeded(seed);
  const decided = new Map<number, 'onTime' | 'catchUp' | 'missed'>();
  const twice: number[] = [];
  let nextDue = nextTime(timing, START - 1);
  let nextAt = nextDue;
  let now = START;
  let jumps = 0;
  while (nextDue !== null && nextDue < END) {
    const chance = random();
    if (chance < 0.02) {
      now += Math.round((random() - 0.5) * 20 * MINUTE);
      jumps += 1;
    } else if (chance < 0.03) now += Math.round(random() * 600 * MINUTE);
    else now = Math.max(now, (nextAt ?? now) + Math.round(random() * 3000));
    if (nextAt === null || now < nextAt) continue;
    const plan = planFirings({ id: 's', timing, nextDue, now, jitterSeconds, catchUp, catchUpSeconds: null });
    // It died before its commit: the other one decides the same a moment later.
    if (random() < 0.1) continue;
    for (const kind of ['onTime', 'catchUp', 'missed'] as const) {
      for (const due of plan[kind]) {
        if (decided.has(due)) twice.push(due);
        decided.set(due, kind);
      }
    }
    expect(plan.hasMore).toBe(false);
    ({ nextDue, nextAt } = plan);
  }
  return { decided, twice, jumps };
}

describe.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
  'a year in %s with crashes and clock jumps',
  (zone) => {
    it.each([
      ['30 2 * * *', 0, 'none'],
      ['10 2,9,16 * * *', 0, 'all'],
      ['0 1,2,3 * * *', 120, 'last'],
    ] as const)(
      'decides on each due time of "%s" with jitter %i once, and what was missed is "%s"',
      (cron, jitterSeconds, catchUp) => {
        const timing = timingIn(zone, cron);
        const { decided, twice, jumps } = liveThroughAYear({
          timing,
          jitterSeconds,
          catchUp,
          seed: zone.length + jitterSeconds,
        });
        expect(twice).toEqual([]);
        const wanted = timesBetween(timing, START, END - 1, 100_000);
        expect([...decided.keys()].filter((due) => due < END).sort((a, b) => a - b)).toEqual(wanted);
        expect(jumps).toBeGreaterThan(0);
        const kinds = new Set(decided.values());
        expect(kinds).toContain('onTime');
        if (catchUp === 'none') expect(kinds).not.toContain('catchUp');
        if (catchUp === 'all') expect(kinds).not.toContain('missed');
      },
    );
  },
);

describe('a plan', () => {
  const timing: Timing = { ...timingIn('UTC', '* * * * *'), cron: null, everyMs: 5000 };
  const plan = (now: number, more: object = {}) =>
    planFirings({
      id: 's',
      timing,
      nextDue: START + 5000,
      now,
      jitterSeconds: 0,
      catchUp: 'none',
      catchUpSeconds: null,
      ...more,
    });

  it('counts what is at most 5 s late as on time', () => {
    expect(plan(START + 10_000)).toMatchObject({
      onTime: [START + 5000, START + 10_000],
      missed: [],
      nextDue: START + 15_000,
    });
    expect(plan(START + 10_001)).toMatchObject({ onTime: [START + 10_000], missed: [START + 5000] });
  });

  it('runs what was missed as the policy says, within its time', () => {
    const now = START + 30_001;
    const missed = [5, 10, 15, 20, 25].map((seconds) => START + seconds * 1000);
    expect(plan(now)).toMatchObject({ catchUp: [], missed });
    expect(plan(now, { catchUp: 'last' })).toMatchObject({ catchUp: missed.slice(-1), missed: missed.slice(0, -1) });
    expect(plan(now, { catchUp: 'all' })).toMatchObject({ catchUp: missed, missed: [] });
    expect(plan(now, { catchUp: 'all', catchUpSeconds: 12 })).toMatchObject({
      catchUp: missed.slice(-2),
      missed: missed.slice(0, 3),
    });
  });

  it('records the newest of a long outage', () => {
    const long = plan(START + 86_400_000 * 300);
    expect(long.hasMore).toBe(true);
    expect(long.missed.length + long.onTime.length).toBe(MAX_RECORDED);
  });
});

describe('jitter', () => {
  it('is the same for everybody, at most as long as it may be, and ends before the next due time', () => {
    const moments = Array.from({ length: 200 }, (_, i) => momentOf('s', i * MINUTE, (i + 1) * MINUTE, 30));
    expect(moments).toEqual(Array.from({ length: 200 }, (_, i) => momentOf('s', i * MINUTE, (i + 1) * MINUTE, 30)));
    const late = moments.map((at, i) => at - i * MINUTE);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(30_000);
    expect(new Set(late).size).toBeGreaterThan(100);
    expect(momentOf('s', 0, 1000, 3600)).toBeLessThan(1000);
  });
});
