import { expect, it } from 'vitest';
import { toIssues } from '@/lib/contracts/issues';
import { newScheduleBody } from './schedule-body';

const good = {
  name: 'nightly',
  cron: '0 2 * * *',
  timeZone: 'Europe/Berlin',
  launch: { job: { type: 'diagnostic', data: {} } },
};
const pathsOf = (body: unknown) =>
  toIssues(newScheduleBody.safeParse(body).error ?? ({ issues: [] } as never)).map(({ path }) => path);

it('accepts what is right', () => {
  expect(newScheduleBody.parse(good)).toMatchObject({ name: 'nightly', cron: '0 2 * * *' });
});

it('names every wrong field in one answer', () => {
  const wrong = {
    name: '',
    cron: 'every night',
    everySeconds: 1,
    timeZone: 'Mars/Olympus',
    overlap: 'maybe',
    jitterSeconds: -1,
    launch: { batch: { name: 'night', type: 'no-such-type', items: [] } },
    colour: 'red',
  };
  const paths = pathsOf(wrong);
  for (const path of [
    'name',
    'cron',
    'everySeconds',
    'timeZone',
    'overlap',
    'jitterSeconds',
    'launch.batch.items',
    'launch.batch.type',
    'colour',
    '',
  ]) {
    expect(paths).toContain(path);
  }
});

it('says what is wrong with a cron expression beside a wrong time zone', () => {
  const { error } = newScheduleBody.safeParse({ ...good, cron: '0 2 * *', timeZone: 'Nowhere' });
  expect(error && toIssues(error)).toEqual([
    { path: 'timeZone', message: 'is not an IANA time zone, such as Europe/Berlin' },
    { path: 'cron', message: 'has 4 fields; five are needed' },
  ]);
});

it('leaves an unknown job type alone to the launch, which has a code of its own', () => {
  expect(newScheduleBody.safeParse({ ...good, launch: { job: { type: 'no-such-type', data: {} } } }).success).toBe(
    true,
  );
});

it('refuses what is no object', () => {
  for (const body of [null, 3, 'x', []]) expect(newScheduleBody.safeParse(body).success).toBe(false);
});
