import {
  bulkActionAnswer,
  bulkActionEstimate,
  bulkActionJobList,
  bulkActionList,
  bulkActionRequest,
  listBulkActionJobsQuery,
  listBulkActionsQuery,
} from '@/lib/contracts/bulk-action';
import { emptyBody } from '@/lib/http/validate';
import type { Operation } from './operation';

/** The calls about actions on many jobs. */
export const BULK_ACTION_OPERATIONS: Operation[] = [
  {
    call: 'GET /api/bulk-actions',
    id: 'listBulkActions',
    tag: 'Bulk actions',
    summary: 'List what was done to many jobs at once, newest first',
    query: listBulkActionsQuery,
    answers: { 200: bulkActionList },
  },
  {
    call: 'POST /api/bulk-actions',
    id: 'createBulkAction',
    tag: 'Bulk actions',
    summary:
      'Estimate an action on many jobs with `dry: true` (200), or start an estimate with its token (201, then 200)',
    body: bulkActionRequest,
    example: { action: 'retry', query: 'status:failed error:*timeout*', ratePerMinute: 6000, dry: true },
    answers: { 200: bulkActionEstimate.or(bulkActionAnswer), 201: bulkActionAnswer },
    errors: ['invalid-query', 'limit-exceeded', 'estimate-expired', 'not-found', 'unavailable'],
  },
  {
    call: 'GET /api/bulk-actions/{id}',
    id: 'getBulkAction',
    tag: 'Bulk actions',
    summary: 'Read how far a bulk action is, and why jobs were skipped',
    answers: { 200: bulkActionAnswer },
  },
  {
    call: 'GET /api/bulk-actions/{id}/jobs',
    id: 'listBulkActionJobs',
    tag: 'Bulk actions',
    summary: 'List what became of each job of a bulk action',
    query: listBulkActionJobsQuery,
    answers: { 200: bulkActionJobList },
  },
  {
    call: 'POST /api/bulk-actions/{id}/abort',
    id: 'abortBulkAction',
    tag: 'Bulk actions',
    summary: 'End a bulk action: what it has changed stays changed, the other jobs stay as they are',
    body: emptyBody,
    answers: { 200: bulkActionAnswer },
    errors: ['already-finished'],
  },
];
