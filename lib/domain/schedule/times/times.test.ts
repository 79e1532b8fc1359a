import { describe, expect, it } from 'vitest';
import { parseCron } from './cron';
import { noteOf } from './notes';
import { newestTimes, nextTime, type Timing, timesBetween } from './times';
import { wordsOf } from './words';
import { offsetAt } from './zone';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const iso = (times: readonly number[]) => times.map((each) => new Date(each).toISOString().replace(':00.000Z', 'Z'));

function timing(when: string | number, timeZone = 'UTC', more: Partial<Timing> = {}): Timing {
  const cron = typeof when === 'string' ? parseCron(when) : null;
  const everyMs = typeof when === 'number' ? when * 1000 : null;
  return { cron, everyMs, timeZone, anchor: at('2026-01-01T00:00Z'), startAt: null, endAt: null, exclude: [], ...more };
}

const between = (when: string | number, zone: string, from: string, to: string, more?: Partial<Timing>) =>
  iso(timesBetween(timing(when, zone, more), at(from), at(to), 1000));

describe('a fixed local time', () => {
  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    // The clocks go from 02:00 to 02:30.
    ['Australia/Lord_Howe', '10 2 * * *', '2026-10-03T02:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:10Z']],
    ['Africa/Cairo', '0 0 * * *', '2026-04-23T12:00Z', ['2026-04-23T22:00Z', '2026-04-24T21:00Z']],
  ])('in %s that the clocks leave out is due once, at the first moment after', (zone, cron, from, wanted) => {
    expect(iso(timesBetween(timing(cron, zone), at(from), at(from) + 48 * HOUR, 2))).toEqual(wanted);
  });

  it('that the clocks leave out several times is due once', () => {
    const from = '2026-03-29T00:00Z';
    expect(between('*/15 2,3 * * *', 'Europe/Berlin', from, '2026-03-29T01:40Z')).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-29T01:15Z',
      '2026-03-29T01:30Z',
    ]);
  });

  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T02:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
  ])('in %s that comes twice is due the first time', (zone, cron, from, wanted) => {
    expect(iso(timesBetween(timing(cron, zone), at(from), at(from) + 48 * HOUR, 2))).toEqual(wanted);
  });
});

describe('* hours', () => {
  it.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata'])('in %s run in every real hour of a year', (zone) => {
    const times = timesBetween(timing('30 * * * *', zone), at('2026-01-01T00:00Z'), at('2026-12-31T23:59Z'), 10_000);
    expect(times).toHaveLength(365 * 24);
    expect(times.every((each, i) => i === 0 || each - (times[i - 1] ?? 0) === HOUR)).toBe(true);
  });

  it('run when the wall clock of Lord Howe, which is set by half an hour, shows the minute', () => {
    expect(between('0 * * * *', 'Australia/Lord_Howe', '2026-04-04T13:30Z', '2026-04-04T17:00Z')).toEqual([
      '2026-04-04T14:00Z',
      '2026-04-04T15:30Z',
      '2026-04-04T16:30Z',
    ]);
  });
});

describe('a year', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
  const crons = ['30 2 * * *', '15 1 * * *', '0 0 1 * *', '45 23 L * *', '0 12 * * MON#1', '20 2 * * SUN'];
  const days = (zone: string) => {
    const [from, to] = [at('2026-01-01T00:00Z'), at('2027-01-01T00:00Z')];
    return { from: from - offsetAt(zone, from), to: to - offsetAt(zone, to) - 1 };
  };

  it.each(zones.flatMap((zone) => crons.map((cron) => [zone, cron] as const)))(
    'in %s of "%s" has each local day once',
    (zone, text) => {
      const { from, to } = days(zone);
      const times = timesBetween(timing(text, zone), from, to, 1000);
      const dates = times.map((each) => new Date(each + offsetAt(zone, each)).toISOString().slice(0, 10));
      expect(new Set(dates).size).toBe(dates.length);
      const cron = parseCron(text);
      const wanted: string[] = [];
      for (
        let wall = cron.next(at('2026-01-01T00:00Z') - 1);
        wall && wall < at('2027-01-01T00:00Z');
        wall = cron.next(wall)
      ) {
        wanted.push(new Date(wall).toISOString().slice(0, 10));
      }
      expect(dates).toEqual(wanted);
    },
  );
});

describe('limits of a schedule', () => {
  it('begin with the start, which is included, and end with the end', () => {
    const limits = { startAt: at('2026-05-01T10:00Z'), endAt: at('2026-05-01T12:00Z') };
    expect(between('0 * * * *', 'UTC', '2026-01-01T00:00Z', '2026-12-01T00:00Z', limits)).toEqual([
      '2026-05-01T10:00Z',
      '2026-05-01T11:00Z',
      '2026-05-01T12:00Z',
    ]);
  });

  it('leave out local dates, ranges of dates and stretches of time', () => {
    const exclude = [
      { from: '2026-05-02', to: '2026-05-03' },
      { from: '2026-05-05T00:00:00Z', to: '2026-05-05T12:00:00Z' },
    ];
    expect(between('0 6,22 * * *', 'America/New_York', '2026-05-02T00:00Z', '2026-05-06T00:00Z', { exclude })).toEqual([
      '2026-05-02T02:00Z',
      '2026-05-04T10:00Z',
    ]);
  });

  it('do not make a search endless', () => {
    const exclude = [{ from: '2026-01-01', to: '2036-01-01' }];
    expect(iso([nextTime(timing(5, 'UTC', { exclude }), at('2026-01-01T00:00Z')) ?? 0])).toEqual(['2036-01-02T00:00Z']);
    expect(iso([nextTime(timing('0 0 29 2 *'), at('2026-01-01T00:00Z')) ?? 0])).toEqual(['2028-02-29T00:00Z']);
  });
});

describe('an interval', () => {
  it('is counted from the creation, or from the start', () => {
    const [from, to] = ['2026-01-01T00:00Z', '2026-01-01T00:30Z'];
    expect(between(600, 'UTC', from, to)).toEqual(['2026-01-01T00:10Z', '2026-01-01T00:20Z', '2026-01-01T00:30Z']);
    const startAt = at('2026-01-01T00:05Z');
    expect(between(600, 'UTC', from, to, { startAt, anchor: startAt })).toEqual([
      '2026-01-01T00:05Z',
      '2026-01-01T00:15Z',
      '2026-01-01T00:25Z',
    ]);
  });
});

it('the newest times of a long range are found from its end', () => {
  const newest = newestTimes(timing(5), at('2026-01-01T00:00Z'), at('2026-12-31T00:00:02Z'), 3);
  expect(newest.map((each) => new Date(each).toISOString())).toEqual([
    '2026-12-30T23:59:50.000Z',
    '2026-12-30T23:59:55.000Z',
    '2026-12-31T00:00:00.000Z',
  ]);
  expect(iso(newestTimes(timing('0 0 1 * *'), at('2026-01-01T00:00Z'), at('2026-06-15T00:00Z'), 100))).toHaveLength(6);
});

describe('a note', () => {
  it.each([
    [
      '30 2 * * *',
      '2026-03-29T01:00Z',
      'The clocks go forward: 02:30 does not exist on this day, so it runs at 03:00, the first moment after.',
    ],
    ['30 2 * * *', '2026-10-25T00:30Z', 'The clocks go back: 02:30 comes twice on this day, it runs the first time.'],
    ['30 * * * *', '2026-03-29T01:30Z', 'The clocks go forward: 02:00–03:00 is left out.'],
    ['30 * * * *', '2026-10-25T00:30Z', 'The clocks go back: 02:30 comes twice, this is the first time.'],
    ['30 * * * *', '2026-10-25T01:30Z', 'The clocks go back: 02:30 comes twice, this is the second time.'],
    ['30 2 * * *', '2026-05-01T00:30Z', undefined],
    ['0 3 * * *', '2026-03-29T01:00Z', undefined],
  ])('about %s at %s says what the clocks do', (cron, moment, note) => {
    expect(noteOf(timing(cron, 'Europe/Berlin'), at(moment))).toBe(note);
  });
});

describe('a cron expression', () => {
  it.each(['* * * *', '* * * * * *', '61 * * * *', 'H * * * *', 'x', '', '0 0 * FOO *', '@secondly', '0 0 30 2 *'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseCron(text)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    },
  );

  it.each([
    ['@daily', 'At 00:00'],
    ['*/15 9-17 * * MON-FRI', 'Every 15 minutes, between 09:00 and 17:59, Monday through Friday'],
    ['0 6 L * *', 'At 06:00, on the last day of the month'],
  ])('"%s" is put into words', (cron, words) => {
    expect(parseCron(cron).next(0)).toBeTypeOf('number');
    expect(wordsOf({ cron, everySeconds: null })).toBe(words);
  });

  it('of seconds is put into words of the largest unit that fits', () => {
    const words = [5, 60, 900, 7200, 86_400].map((everySeconds) => wordsOf({ cron: null, everySeconds }));
    expect(words).toEqual(['Every 5 seconds', 'Every minute', 'Every 15 minutes', 'Every 2 hours', 'Every day']);
  });
});
