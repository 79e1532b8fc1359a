import { ago, aJobDetail, JOBS, MEMBER } from '@/catalogue/fixtures';
import { bytes, pending, problem, type Routes, unreachable } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { JobPage } from '@/components/job/job-page';
import { JobProgressModal } from '@/components/job/job-progress-modal';
import type { JobDetailDto } from '@/lib/contracts/job';

const LINES = [
  { at: ago(12), level: 'info' as const, message: 'reading page 1', attempt: 1 },
  { at: ago(11), level: 'warn' as const, message: 'page 4 has no text', attempt: 1 },
  { at: ago(10), level: 'error' as const, message: 'the endpoint answered 429', attempt: 1 },
  { at: ago(9), level: 'debug' as const, message: 'waiting 2 s', attempt: 1 },
];
const FILES = [
  { fileId: 'f1', name: 'pages.csv', size: 36, contentType: 'text/csv', sha256: '00' },
  { fileId: 'f2', name: 'model.bin', size: 1_200_000, contentType: 'application/octet-stream', sha256: '01' },
];
const csv = bytes(new TextEncoder().encode('page,words\n1,210\n2,188\n') as Uint8Array<ArrayBuffer>);

const routesOf = (job: JobDetailDto): Routes => ({
  'GET /jobs/*': { job },
  'GET /jobs/*/logs': { lines: LINES },
  'GET /jobs/*/artifacts': { artifacts: job.status === 'completed' ? FILES : [] },
  'GET /files/*': csv,
});
const page = (job: JobDetailDto, more: Partial<Story> = {}): Story => ({
  render: () => <JobPage jobId={job.id} />,
  path: `/jobs/${job.id}`,
  ...more,
  routes: { ...routesOf(job), ...more.routes },
});
const nothing = () => undefined;
const modal = (job: JobDetailDto, more: Partial<Story> = {}): Story => ({
  ...page(job, more),
  render: () => <JobProgressModal jobId={job.id} onClose={nothing} onPrevious={nothing} onNext={null} />,
});
const failed = aJobDetail(
  {
    ...JOBS.failed,
    error: {
      message: '429 Too Many Requests from the embedding endpoint',
      code: 'rate-limited',
      stack: 'Error: 429 Too Many Requests\n    at embed (embed.ts:31:9)',
    },
  },
  { stepsRemembered: 3 },
);

export const Discarded = page(
  aJobDetail(
    { ...JOBS.failed, discardedAt: ago(3_600), discardNote: 'The customer left; the invoices are void.' },
    { discardedBy: 'Mika Sato' },
  ),
);
export const Pending = page(aJobDetail(JOBS.pending));
export const Delayed = page(aJobDetail(JOBS.delayed));
export const WaitingForChildren = page(aJobDetail(JOBS['waiting-children']));
export const Active = page(aJobDetail(JOBS.active));
export const ActiveWithCurves = page(
  aJobDetail(
    {
      ...JOBS.active,
      type: 'model-training',
      progress: {
        current: 4,
        total: 10,
        message: 'epoch 4',
        chart: {
          axis: 'epoch',
          series: [
            {
              name: 'loss',
              points: [
                [1, 0.9],
                [2, 0.6],
                [3, 0.45],
                [4, 0.4],
              ],
            },
            {
              name: 'validation loss',
              points: [
                [1, 0.95],
                [2, 0.7],
                [3, 0.6],
                [4, 0.62],
              ],
            },
          ],
        },
      },
    },
    {},
  ),
);
export const Completed = page(aJobDetail(JOBS.completed, { externalId: 'order-4711', correlationId: 'nightly-2026' }));
export const TrainedModel = page(
  aJobDetail(
    { ...JOBS.completed, type: 'model-training', name: 'train-classifier' },
    {
      result: {
        rows: { training: 800, validation: 100, test: 100 },
        epochs: 10,
        bestEpoch: 8,
        accuracy: 0.93,
        baselineAccuracy: 0.5,
        macroF1: 0.92,
        classes: [
          { label: 'invoice', precision: 0.95, recall: 0.9, f1: 0.92, support: 50 },
          { label: 'letter', precision: 0.91, recall: 0.96, f1: 0.93, support: 50 },
        ],
        confusion: [
          [45, 5],
          [2, 48],
        ],
      },
    },
  ),
);
export const Failed = page(failed);
export const FailedForMember = page(failed, { viewer: MEMBER });
export const RetryRefused = page(failed, {
  routes: {
    'POST /jobs/*/retry': problem(429, 'too-many-requests', 'Too many requests. Try again in 5 s.', { retryAfter: 5 }),
  },
});
export const Cancelled = page(aJobDetail(JOBS.cancelled));
export const Offline = page(aJobDetail(JOBS.active), { routes: { 'GET /events': unreachable } });
export const Loading = page(failed, { routes: { 'GET /jobs/*': pending } });
export const NotFound = page(failed, { routes: { 'GET /jobs/*': problem(404, 'not-found', 'There is no such job.') } });
export const ModalActive = modal(aJobDetail(JOBS.active));
export const ModalFailed = modal(failed);
export const ModalLoading = modal(failed, { routes: { 'GET /jobs/*': pending } });
export const ModalNotFound = modal(failed, {
  routes: { 'GET /jobs/*': problem(404, 'not-found', 'There is no such job.') },
});
export const ModalOnPhone = modal(failed, { phone: true });
