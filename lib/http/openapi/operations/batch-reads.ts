import { z } from 'zod';
import { batchStatusDto, failureGroups, throughputDto } from '@/lib/contracts/batch';
import { comparedItems, comparedItemsQuery, compareQuery, comparisonDto } from '@/lib/contracts/compare';
import { diagnosisDto, repairDto } from '@/lib/contracts/doctor';
import { batchTableAnswer } from '@/lib/contracts/import';
import { batchJobList, batchLogs } from '@/lib/contracts/job';
import { batchLogsQuery, listBatchJobsQuery } from '@/lib/contracts/job-queries';
import { errorsQuery, resultsQuery } from '@/lib/contracts/results';
import { slowDto } from '@/lib/contracts/slow';
import { type Operation, XLSX } from './operation';

/** The calls that read the items of a batch, its results, its failures and its health. */
export const BATCH_READS: Operation[] = [
  {
    call: 'GET /api/batches/{id}/status',
    id: 'getBatchStatus',
    tag: 'Batches',
    summary: 'Get status and counts of a batch',
    answers: { 200: batchStatusDto },
  },
  {
    call: 'GET /api/batches/{id}/jobs',
    id: 'listBatchJobs',
    tag: 'Batches',
    summary: 'List the jobs of a batch, in item order',
    query: listBatchJobsQuery,
    answers: { 200: batchJobList },
  },
  {
    call: 'GET /api/batches/{id}/matrix',
    id: 'getBatchMatrix',
    tag: 'Batches',
    summary: 'Get one byte per job: 0 pending, 1 active, 2 completed, 3 failed, 4 cancelled, 5 delayed',
    answers: { 200: ['application/octet-stream'] },
  },
  {
    call: 'GET /api/batches/{id}/throughput',
    id: 'getBatchThroughput',
    tag: 'Batches',
    summary: 'Get how many jobs finished and failed, in equal parts of the time that the batch ran',
    answers: { 200: throughputDto },
  },
  {
    call: 'GET /api/batches/{id}/results',
    id: 'downloadResults',
    tag: 'Batches',
    summary: 'Download every item with its outcome, in item order, streamed',
    query: resultsQuery,
    answers: { 200: ['application/x-ndjson', 'text/csv', XLSX, 'application/zip'] },
    errors: ['payload-too-large'],
  },
  {
    call: 'GET /api/batches/{id}/errors',
    id: 'downloadErrors',
    tag: 'Batches',
    summary: 'Download the failed items with the reason, to be corrected and uploaded again',
    query: errorsQuery,
    answers: { 200: ['text/csv', 'application/x-ndjson', XLSX] },
    errors: ['not-ready', 'payload-too-large'],
  },
  {
    call: 'GET /api/batches/{id}/table',
    id: 'getBatchTable',
    tag: 'Batches',
    summary: 'Get the table that a batch was imported from; null, with the reason, if there is none',
    answers: { 200: batchTableAnswer },
  },
  {
    call: 'GET /api/batches/{id}/failures',
    id: 'listFailureGroups',
    tag: 'Batches',
    summary: 'Group the failed jobs by reason, the most frequent reason first',
    answers: { 200: failureGroups },
  },
  {
    call: 'GET /api/batches/{id}/logs',
    id: 'getBatchLogs',
    tag: 'Batches',
    summary: 'Get the log lines of a batch, item by item; after `tail` those written since, which may repeat an `id`',
    query: batchLogsQuery,
    answers: { 200: batchLogs },
  },
  {
    call: 'GET /api/batches/{id}/compare',
    id: 'compareBatches',
    tag: 'Batches',
    summary: 'Compare a batch with another one, or with an earlier run of it: options, outcomes, durations',
    query: compareQuery,
    answers: { 200: z.object({ comparison: comparisonDto }) },
    errors: ['limit-exceeded'],
  },
  {
    call: 'GET /api/batches/{id}/compare/items',
    id: 'listComparedItems',
    tag: 'Batches',
    summary: 'List the items of a comparison with how they ended in both',
    query: comparedItemsQuery,
    answers: { 200: comparedItems },
    errors: ['limit-exceeded'],
  },
  {
    call: 'GET /api/batches/{id}/slow',
    id: 'explainSlowness',
    tag: 'Batches',
    summary: 'Find out where the time of a batch goes, what limits it, and which items took the longest',
    answers: { 200: z.object({ slow: slowDto }) },
  },
  {
    call: 'GET /api/batches/{id}/doctor',
    id: 'diagnoseBatch',
    tag: 'Batches',
    summary: 'Find out why a batch makes no progress',
    answers: { 200: diagnosisDto },
  },
  {
    call: 'POST /api/batches/{id}/mend',
    id: 'repairBatch',
    tag: 'Batches',
    summary: 'Repair a batch: recount it, deliver lost jobs again, release jobs of dead workers',
    answers: { 200: repairDto },
  },
];
