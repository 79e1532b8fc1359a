import { aBatch, aJob as aJobOfLists } from '@/lib/client/live/fixtures';
import type { BatchDto, FailureGroup } from '@/lib/contracts/batch';
import type { JobDetailDto, JobSummaryDto } from '@/lib/contracts/job';
import type { OrganizationDto } from '@/lib/contracts/organization';
import type { JobStatus } from '@/lib/contracts/status';
import type { CapacityDto, ViewerDto } from '@/lib/contracts/system';

/** Returns a time before now in the API's format. @param seconds negative values return a time in the future */
export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export const ADMIN: ViewerDto = {
  name: 'Ana Ruiz',
  email: 'ana@example.org',
  role: 'owner',
  seesPayloads: true,
  systemAdmin: true,
  organization: { id: 'o1', name: 'Example' },
};
export const MEMBER: ViewerDto = {
  ...ADMIN,
  name: 'Ben Okafor',
  email: 'ben@example.org',
  role: 'operator',
  systemAdmin: false,
};

export const ORGANIZATIONS: OrganizationDto[] = [
  { id: 'o1', name: 'Example', role: 'owner', current: true, secondFactorRequired: false, createdAt: ago(86_400) },
  { id: 'o2', name: 'Research', role: 'viewer', current: false, secondFactorRequired: false, createdAt: ago(3_600) },
];

export const CAPACITY: CapacityDto = {
  runningBatches: ['b1'],
  activeBatches: 1,
  maxBatches: 2,
  canStart: true,
  isShuttingDown: false,
  workers: [{ id: 'w1', host: 'worker-1.example.org', processes: 4, jobsActive: 12, lastSeenAt: ago(1) }],
  paused: false,
  pause: null,
  queueAwaySince: null,
  jobTypesChangedAt: null,
};
export const AT_CAPACITY: CapacityDto = {
  ...CAPACITY,
  activeBatches: 2,
  runningBatches: ['b1', 'b2'],
  canStart: false,
};
export const NO_WORKERS: CapacityDto = { ...CAPACITY, workers: [] };
export const ALL_PAUSED: CapacityDto = {
  ...CAPACITY,
  runningBatches: [],
  activeBatches: 0,
  paused: true,
  pause: { since: ago(180), by: 'Mika', everywhere: false },
};
export const QUEUE_AWAY: CapacityDto = { ...CAPACITY, queueAwaySince: ago(90) };

const aJob = (change: Partial<JobSummaryDto>): JobSummaryDto =>
  aJobOfLists({ createdAt: ago(62), startedAt: ago(60), ...change });

/** Batches by state; the key names the state. The counters of each batch add up. */
export const BATCHES = {
  running: aBatch({ createdAt: ago(240), startedAt: ago(235), options: { stopOnFailureRate: 0.5 } }),
  waiting: aBatch({
    status: 'pending',
    total: 1200,
    pending: 1200,
    active: 0,
    completed: 0,
    failed: 0,
    progress: 0,
    startedAt: null,
    holdsSlot: false,
    ratePerSecond: null,
    etaSeconds: null,
    createdAt: ago(30),
  }),
  queued: aBatch({
    status: 'pending',
    queuedAt: ago(20),
    total: 40,
    pending: 40,
    active: 0,
    completed: 0,
    failed: 0,
    progress: 0,
    startedAt: null,
    holdsSlot: false,
    ratePerSecond: null,
    etaSeconds: null,
    createdAt: ago(30),
  }),
  overBudget: aBatch({
    paused: true,
    pausedAt: ago(60),
    pausedWhy: 'budget-failed',
    total: 100,
    completed: 10,
    failed: 20,
    active: 1,
    pending: 69,
    holdsSlot: false,
    options: { concurrency: 20, budget: { failed: 20 } },
    metadata: { tags: ['nightly'], customer: 'acme' },
    createdAt: ago(600),
    startedAt: ago(590),
  }),
  paused: aBatch({
    paused: true,
    pausedAt: ago(90),
    pausedWhy: 'by-hand',
    active: 2,
    pending: 88,
    holdsSlot: false,
    createdAt: ago(600),
    startedAt: ago(590),
  }),
  delayed: aBatch({
    wakesAt: ago(-1800),
    holdsSlot: false,
    active: 0,
    pending: 90,
    createdAt: ago(600),
    startedAt: ago(590),
  }),
  open: aBatch({ sealed: false, announced: 200, sealsAt: ago(-600), createdAt: ago(120), startedAt: ago(118) }),
  completed: aBatch({
    status: 'completed',
    total: 100,
    pending: 0,
    active: 0,
    completed: 100,
    failed: 0,
    progress: 100,
    etaSeconds: null,
    holdsSlot: false,
    createdAt: ago(3600),
    startedAt: ago(3590),
    finishedAt: ago(3500),
  }),
  partial: aBatch({
    status: 'partial',
    pending: 0,
    active: 0,
    completed: 86,
    failed: 14,
    warned: 3,
    progress: 100,
    etaSeconds: null,
    holdsSlot: false,
    createdAt: ago(7200),
    startedAt: ago(7190),
    finishedAt: ago(7000),
    metadata: { importId: 'i1' },
  }),
  failed: aBatch({
    status: 'failed',
    pending: 0,
    active: 0,
    completed: 0,
    failed: 60,
    cancelled: 40,
    progress: 100,
    etaSeconds: null,
    holdsSlot: false,
    stopReason: 'More than 50% had failed',
    options: { stopOnFailureRate: 0.5 },
    createdAt: ago(86_400),
    startedAt: ago(86_390),
    finishedAt: ago(86_300),
  }),
  cancelling: aBatch({ cancelMode: 'graceful', pending: 0, cancelled: 80, createdAt: ago(300), startedAt: ago(290) }),
  cancelled: aBatch({
    status: 'cancelled',
    cancelMode: 'graceful',
    pending: 0,
    active: 0,
    completed: 38,
    failed: 3,
    cancelled: 59,
    progress: 41,
    etaSeconds: null,
    holdsSlot: false,
    createdAt: ago(900),
    startedAt: ago(890),
    finishedAt: ago(800),
  }),
} satisfies Record<string, BatchDto>;

const ERROR = { message: '429 Too Many Requests from the embedding endpoint', code: 'rate-limited' };

/** One job summary for each status. */
export const JOBS: Record<JobStatus, JobSummaryDto> = {
  pending: aJob({ id: 'j-pending', name: 'handbook-001.pdf', status: 'pending', index: 0, startedAt: null }),
  delayed: aJob({
    id: 'j-delayed',
    name: 'handbook-002.pdf',
    status: 'delayed',
    index: 1,
    error: ERROR,
    runAt: ago(-90),
    attemptsMade: 1,
  }),
  'waiting-children': aJob({ id: 'j-waiting', name: 'merge', status: 'waiting-children', index: 2 }),
  active: aJob({
    id: 'j-active',
    name: 'handbook-003.pdf',
    index: 3,
    startedAt: ago(12),
    progress: { current: 3, total: 8, message: 'reading page 3' },
  }),
  completed: aJob({
    id: 'j-completed',
    name: 'a-very-long-name-of-a-document-that-does-not-fit-into-its-column-v12-final.pdf',
    status: 'completed',
    index: 4,
    attemptsMade: 2,
    durationMs: 1430,
    finishedAt: ago(30),
    warnings: [{ code: 'no-text', message: 'Page 4 has no text' }],
    costs: { tokens: 1204, usd: 0.000_25 },
  }),
  failed: aJob({
    id: 'j-failed',
    name: 'handbook-005.pdf',
    status: 'failed',
    index: 5,
    error: ERROR,
    attemptsMade: 3,
    durationMs: 820,
    finishedAt: ago(20),
  }),
  cancelled: aJob({
    id: 'j-cancelled',
    name: 'handbook-006.pdf',
    status: 'cancelled',
    index: 6,
    error: { message: 'Cancelled by ana' },
    finishedAt: ago(10),
  }),
};

/** An item that says what it gave. */
export const DONE = aJob({
  id: 'j-done',
  name: 'handbook-007.pdf',
  status: 'completed',
  index: 7,
  attemptsMade: 1,
  durationMs: 12,
  finishedAt: ago(5),
  resultPreview: '{"columns":{"city":"Basel"},"status":200,"ms":12,"body":null}',
});

/** Builds a job detail with its attempts, as the job page reads it. */
export const aJobDetail = (
  { dataPreview: _data, resultPreview: _result, ...job }: JobSummaryDto,
  change: Partial<JobDetailDto> = {},
): JobDetailDto => ({
  ...job,
  data: { durationMs: 100, outcome: 'fail', note: 'first try' },
  result: job.status === 'completed' ? { pages: 8, words: 4210 } : null,
  attempts:
    job.attemptsMade === 0
      ? []
      : [
          {
            attempt: 1,
            run: 1,
            outcome: 'failed',
            startedAt: ago(60),
            finishedAt: ago(58),
            error: { ...ERROR, stack: 'Error: 429 Too Many Requests\n    at embed (embed.ts:31:9)' },
            codeVersion: '0.1.0',
          },
          ...(job.status === 'completed'
            ? [
                {
                  attempt: 2,
                  run: 1,
                  outcome: 'completed' as const,
                  startedAt: ago(32),
                  finishedAt: ago(30),
                  error: null,
                  codeVersion: '0.1.0',
                },
              ]
            : []),
        ],
  run: 1,
  batchName: 'embed-handbook',
  discardedBy: null,
  externalId: null,
  stepsRemembered: 0,
  offeredVersions: ['0.1.0'],
  ...change,
});

export const FAILURES: FailureGroup[] = [
  {
    message: '429 Too Many Requests from the embedding endpoint',
    code: 'rate-limited',
    count: 9,
    sample: { jobId: 'j-failed', index: 5 },
  },
  { message: 'PDF is encrypted', code: null, count: 5, sample: { jobId: 'j-failed', index: 77 } },
];
