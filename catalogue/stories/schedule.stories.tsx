import { ADMIN, BATCHES, MEMBER } from '@/catalogue/fixtures';
import { FIRINGS, PREVIEW, PREVIEW_ITEMS, SCHEDULES } from '@/catalogue/schedule-fixtures';
import { bytes, json, pending, problem, type Routes } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { EditSchedule } from '@/components/schedule/edit-schedule';
import { NewSchedule } from '@/components/schedule/new-schedule';
import { ScheduleList } from '@/components/schedule/schedule-list';
import { SchedulePage } from '@/components/schedule/schedule-page';
import { Page } from '@/components/ui/panel';
import type { ScheduleDto } from '@/lib/contracts/schedule';

const story = (render: Story['render'], routes: Routes, more: Partial<Story> = {}): Story => ({
  render,
  viewer: ADMIN,
  routes: { 'POST /schedules/preview': PREVIEW, 'POST /schedules/preview-items': PREVIEW_ITEMS, ...routes },
  ...more,
});
const list = (routes: Routes, more: Partial<Story> = {}) =>
  story(
    () => (
      <Page className="h-full min-h-120">
        <ScheduleList />
      </Page>
    ),
    routes,
    more,
  );
const all = { schedules: Object.values(SCHEDULES), nextCursor: null };

export const List = list({ 'GET /schedules': all });
export const ListOnPhone = list({ 'GET /schedules': all }, { phone: true });
export const ListEmpty = list({});
export const ListLoading = list({ 'GET /schedules': pending });
export const ListUnreadable = list({ 'GET /schedules': problem(503, 'unavailable', 'The database is away.') });

const page = (schedule: ScheduleDto, routes: Routes = {}, more: Partial<Story> = {}) =>
  story(
    () => <SchedulePage scheduleId="s1" />,
    {
      'GET /schedules/s1': { schedule: { ...schedule, id: 's1' } },
      'GET /schedules/s1/firings': { firings: [...FIRINGS].reverse(), nextCursor: '1' },
      'POST /schedules/s1/run': json({ firing: FIRINGS[6] }, 201),
      'PATCH /schedules/s1': { schedule: { ...schedule, id: 's1', paused: true } },
      'DELETE /schedules/s1': { deleted: true },
      'POST /schedules/s1/backfill': { times: PREVIEW.times, known: 2, dry: true },
      ...routes,
    },
    more,
  );

export const One = page(SCHEDULES.nightly);
export const OneOnPhone = page(SCHEDULES.nightly, {}, { phone: true });
export const PausedAfterFailures = page(SCHEDULES.paused);
export const WithoutWorker = page(SCHEDULES.waiting);
export const OfSomebodyElse = page(SCHEDULES.ended, {}, { viewer: MEMBER });
export const NeverFired = page(SCHEDULES.fresh, { 'GET /schedules/s1/firings': { firings: [], nextCursor: null } });
export const Loading = page(SCHEDULES.nightly, { 'GET /schedules/s1': pending });
export const Missing = page(SCHEDULES.nightly, {
  'GET /schedules/s1': problem(404, 'not-found', 'There is no schedule with the id s1.'),
});

export const New = story(() => <NewSchedule />, { 'POST /schedules': json({ schedule: SCHEDULES.nightly }, 201) });
export const NewWithUnreachableItems = story(() => <NewSchedule />, {
  'POST /schedules/preview-items': problem(
    422,
    'invalid-items',
    'The items could not be fetched: example.org answered 404 instead of a file. Is the address right?',
  ),
});
export const NewFromBatch = story(
  () => <NewSchedule />,
  {
    'GET /batches/b1': { batch: BATCHES.running },
    'GET /batches/b1/results': bytes(
      new TextEncoder().encode('{"index":0,"input":{"text":"first"}}\n{"index":1,"input":{"text":"second"}}\n'),
    ),
  },
  { path: '/schedules/new?batch=b1' },
);
export const NewOnPhone = story(() => <NewSchedule />, {}, { phone: true });
export const NewWithWrongCron = story(() => <NewSchedule />, {
  'POST /schedules/preview': problem(400, 'invalid-request', 'The cron expression has 4 fields; five are needed.'),
});
export const OfQuery = page(SCHEDULES.ofQuery);
export const OfAddress = page(SCHEDULES.ofAddress);
export const EditOfQuery = story(() => <EditSchedule scheduleId="s6" />, {
  'GET /schedules/s6': { schedule: SCHEDULES.ofQuery },
});
export const Edit = story(() => <EditSchedule scheduleId="s1" />, {
  'GET /schedules/s1': { schedule: SCHEDULES.waiting },
  'PATCH /schedules/*': { schedule: SCHEDULES.waiting },
});
