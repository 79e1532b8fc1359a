import type { BulkActionDto, BulkActionEstimate } from '@/lib/contracts/bulk-action';
import { ago, JOBS } from './fixtures';

const CHOSEN = {
  of: 'jobs',
  matched: 74,
  byStatus: { failed: 68, cancelled: 2, active: 4 },
  byBatch: { b1: 40, b2: 30, b3: 4 },
  batches: [
    { id: 'b1', name: 'embed-handbook', type: 'document-processing', count: 40 },
    { id: 'b2', name: 'embed-faq', type: 'document-processing', count: 30 },
    { id: 'b3', name: 'a-very-long-name-of-a-batch-that-does-not-fit-into-a-line-of-a-phone', type: 'bulk', count: 4 },
  ],
  moreBatches: 0,
  inFlows: 0,
  single: 0,
  searched: { all: true, rows: 50_000 },
} satisfies Partial<BulkActionDto>;

const RUNNING = { code: 'is-active', reason: 'It is running.', count: 4, sampleJobId: 'j-active' };

export const anEstimate = (fields: Partial<BulkActionEstimate> = {}): BulkActionEstimate => ({
  ...CHOSEN,
  token: 't1',
  action: 'retry',
  changes: 70,
  willSkip: [RUNNING],
  missing: 0,
  runsAgain: [
    {
      type: 'document-processing',
      title: 'Process documents',
      count: 70,
      lastMs: 61_000,
      costs: { tokens: 184_000 },
      note: 'Their texts are embedded again, which an endpoint may charge for.',
    },
  ],
  seconds: 2,
  samples: [JOBS.failed, JOBS.cancelled],
  preview: [],
  expiresAt: ago(-1800),
  ...fields,
});

export const aBulkAction = (fields: Partial<BulkActionDto> = {}): BulkActionDto => ({
  ...CHOSEN,
  id: 'ba1',
  action: 'retry',
  query: 'status:failed,cancelled data.customer:acme',
  set: null,
  tags: null,
  ratePerMinute: 60,
  note: 'the endpoint is back',
  status: 'running',
  done: 31,
  failed: 1,
  skipped: 4,
  waiting: 38,
  skippedWhy: [RUNNING],
  failedWhy: [{ code: 'no-worker', reason: 'No worker runs this job type.', count: 1, sampleJobId: 'j-failed' }],
  etaSeconds: 38,
  by: 'Ana',
  byId: 'u1',
  own: true,
  createdAt: ago(35),
  finishedAt: null,
  abortedBy: null,
  ...fields,
});

export const ENDED = aBulkAction({
  status: 'completed',
  done: 69,
  waiting: 0,
  etaSeconds: null,
  finishedAt: ago(2),
});

export const ABORTED = aBulkAction({
  id: 'ba2',
  action: 'discard',
  query: null,
  status: 'aborted',
  etaSeconds: null,
  abortedBy: 'Ben',
  by: 'Mika',
  own: false,
  finishedAt: ago(2),
});
