import {
  ADMIN,
  ALL_PAUSED,
  AT_CAPACITY,
  ago,
  BATCHES,
  DONE,
  FAILURES,
  JOBS,
  MEMBER,
  NO_WORKERS,
} from '@/catalogue/fixtures';
import { ISSUES } from '@/catalogue/import-fixtures';
import { bytes, pending, problem, type Routes, unreachable } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { BatchPage } from '@/components/batch/batch-page';
import { STEERING_FIELDS } from '@/components/shared/option-fields';
import { Shell } from '@/components/shell/shell';
import type { BatchDto } from '@/lib/contracts/batch';

const jobs = [...Object.values(JOBS), DONE];
/** Returns one byte for each item, made from the counters, so that the matrix agrees with the page. */
const codesOf = ({ total, completed, failed, active, cancelled }: BatchDto): Uint8Array<ArrayBuffer> =>
  new Uint8Array(total)
    .fill(2, 0, completed)
    .fill(3, completed, completed + failed)
    .fill(1, completed + failed, completed + failed + active)
    .fill(4, total - cancelled);

const throughput = {
  from: ago(240),
  stepMs: 10_000,
  points: Array.from({ length: 24 }, (_, i) => ({ finished: 30 + ((i * 7) % 20), failed: i % 5 === 0 ? 2 : 0 })),
};

const routesOf = (batch: BatchDto): Routes => ({
  'GET /batches/b1': { batch },
  'GET /batches/b1/jobs': { jobs, nextCursor: null },
  'GET /batches/b1/matrix': bytes(codesOf(batch)),
  'GET /batches/b1/throughput': throughput,
  'GET /batches/b1/failures': { groups: FAILURES, discarded: 0 },
  'GET /batches/b1/table': {
    table: {
      importId: 'i1',
      name: 'orders.csv',
      type: batch.type,
      columns: ['id', 'minutes'],
      rows: 103,
      skipped: 3,
      mapping: {},
    },
    missing: null,
  },
  'GET /batches/b1/doctor': { batchId: 'b1', findings: [] },
});

const page = (batch: BatchDto, more: Partial<Story> = {}): Story => ({
  render: () => <BatchPage batchId="b1" optionFields={STEERING_FIELDS} />,
  path: '/batches/b1',
  ...more,
  routes: { ...routesOf(batch), ...more.routes },
});

export const Running = page(BATCHES.running);
export const InShell: Story = {
  ...page(BATCHES.running),
  render: () => (
    <Shell viewer={ADMIN} theme="system" narrow={false}>
      <BatchPage batchId="b1" optionFields={STEERING_FIELDS} />
    </Shell>
  ),
};
export const FailedInShell: Story = {
  ...page(BATCHES.partial),
  render: InShell.render,
};
export const RunningOnPhone = page(BATCHES.running, { phone: true });
export const RunningForViewer = page(BATCHES.running, {
  viewer: { ...MEMBER, role: 'viewer', seesPayloads: false },
});
export const Waiting = page(BATCHES.waiting);
export const WaitingAtCapacity = page(BATCHES.waiting, { routes: { 'GET /capacity': AT_CAPACITY } });
export const StartRefused = page(BATCHES.waiting, {
  routes: { 'POST /jobs/process/all/b1': problem(429, 'capacity-reached', 'No slot is free.', { retryAfter: 5 }) },
});
export const Queued = page(BATCHES.queued, { routes: { 'GET /capacity': AT_CAPACITY } });
export const Paused = page(BATCHES.paused);
export const OverBudget = page(BATCHES.overBudget);
export const OverBudgetOnPhone = page(BATCHES.overBudget, { phone: true });
export const OverBudgetOfMoney = page({
  ...BATCHES.overBudget,
  pausedWhy: 'budget-usd',
  costs: { tokens: 120_400, usd: 2.52 },
  options: { concurrency: 20, budget: { failed: 30, cost: { usd: 2.5 } } },
});
export const QueuedWhilePaused = page(BATCHES.queued, { routes: { 'GET /capacity': ALL_PAUSED } });
export const NothingDue = page(BATCHES.delayed);
export const Open = page(BATCHES.open);
export const Completed = page(BATCHES.completed);
export const Partial = page(BATCHES.partial);
export const PartlyDiscarded = page(BATCHES.partial, {
  routes: { 'GET /batches/b1/failures': { groups: FAILURES, discarded: 3 } },
});
export const StoppedByFailures = page(BATCHES.failed);
export const Cancelling = page(BATCHES.cancelling);
export const Cancelled = page(BATCHES.cancelled);
export const NoWorkers = page(BATCHES.running, { routes: { 'GET /capacity': NO_WORKERS } });
export const LooksStuck = page(BATCHES.running, {
  routes: {
    'GET /doctor': {
      batches: [
        {
          batchId: 'b1',
          name: 'embed-handbook',
          type: 'diagnostic',
          status: 'in-progress',
          total: 100,
          open: 90,
          since: ago(900),
          reasons: [{ code: 'nothing-moves', message: 'No item has ended for 15 minutes.' }],
        },
      ],
      queues: [],
    },
  },
});
export const DoctorFindsFaults = page(BATCHES.running, {
  path: '/batches/b1?doctor=open',
  routes: {
    'GET /batches/b1/doctor': {
      batchId: 'b1',
      findings: [
        { code: 'counters-differ', message: 'completed is 8, but 9 items have completed.', count: 1, repairable: true },
        { code: 'no-workers', message: 'No worker process is alive.', count: 0, repairable: false },
      ],
    },
  },
});
export const DoctorFindsNothing = page(BATCHES.running, { path: '/batches/b1?doctor=open' });
export const NoItems = page(BATCHES.running, { routes: { 'GET /batches/b1/jobs': { jobs: [], nextCursor: null } } });
export const NoMatch = page(BATCHES.running, {
  path: '/batches/b1?q=nothing&status=failed',
  routes: { 'GET /batches/b1/jobs': { jobs: [], nextCursor: null } },
});
export const PartsUnreadable = page(BATCHES.partial, {
  routes: {
    'GET /batches/b1/jobs': problem(400, 'invalid-request', 'The items could not be searched.'),
    'GET /batches/b1/failures': problem(400, 'invalid-request', 'The reasons took too long.'),
    'GET /batches/b1/matrix': problem(400, 'invalid-request', 'The states took too long.'),
  },
});
export const ItemOpen = page(BATCHES.running, {
  path: '/batches/b1?job=j-failed',
  routes: { 'GET /jobs/*': problem(404, 'not-found', 'There is no such job.') },
});
export const Loading = page(BATCHES.running, { routes: { 'GET /batches/b1': pending } });
export const NotFound = page(BATCHES.running, {
  routes: { 'GET /batches/b1': problem(404, 'not-found', 'There is no such batch.') },
});
export const Forbidden = page(BATCHES.running, {
  routes: { 'GET /batches/b1': problem(403, 'forbidden', 'You may not read this batch.') },
});
export const Offline = page(BATCHES.running, { routes: { 'GET /events': unreachable } });
export const Issues = page(BATCHES.partial, {
  routes: { 'GET /imports/i1/issues': { issues: ISSUES, nextCursor: null } },
});
