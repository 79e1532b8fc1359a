import type { z } from 'zod';
import { createApiKeyBody } from '@/lib/contracts/api-key';
import {
  addItemsBody,
  addItemsQuery,
  errorsQuery,
  launchBody,
  listBatchesQuery,
  registerChildBody,
  resultsQuery,
  retryBatchBody,
} from '@/lib/contracts/batch';
import { correctionsBody, correctionsQuery, editBody } from '@/lib/contracts/correction';
import type { ErrorCode } from '@/lib/contracts/errors';
import {
  changeImportBody,
  createImportBody,
  fixRowBody,
  launchImportBody,
  listIssuesQuery,
  listMappingsQuery,
  saveMappingBody,
  tryImportBody,
} from '@/lib/contracts/import';
import {
  cancelBody,
  cleanUpQuery,
  createJobBody,
  listBatchJobsQuery,
  listJobsQuery,
  retryJobBody,
} from '@/lib/contracts/job';
import { searchQuery } from '@/lib/contracts/search';
import { createSecretBody } from '@/lib/contracts/secret';
import { startBatchBody } from '@/lib/contracts/start';
import { FLOW_OPERATIONS } from './flow-operations';
import { type JsonSchema, shape, typeOf } from './shapes';

export interface Operation {
  /** `POST /api/batches` */
  call: string;
  summary: string;
  query?: z.ZodType;
  /** parameters without a schema of their own, by name */
  parameters?: Record<string, string>;
  body?: z.ZodType;
  /** other bodies than JSON */
  bodyTypes?: string[];
  idempotent?: boolean;
  public?: boolean;
  answers: Record<number, JsonSchema | string>;
  errors?: ErrorCode[];
}

const batch = shape({ Batch: 'batch' });
const job = shape({ Job: 'job' });
const importAnswer = shape({ Import: 'import' });
const page = (type: string, name: string) => shape({ [`${type}[]`]: name, 'string?': 'nextCursor' });

/** Every call of the API, as `GET /api/openapi.json` tells it. */
export const OPERATIONS: Operation[] = [
  {
    call: 'POST /api/jobs',
    summary: 'Create a job',
    body: createJobBody,
    idempotent: true,
    answers: { 201: shape({ string: 'jobId', Job: 'job' }), 200: shape({ string: 'jobId', Job: 'job' }) },
    errors: ['unknown-job-type', 'invalid-data', 'payload-too-large', 'not-found', 'batch-sealed'],
  },
  {
    call: 'GET /api/jobs',
    summary: 'List jobs, newest first',
    query: listJobsQuery,
    answers: { 200: page('Job', 'jobs') },
  },
  { call: 'GET /api/jobs/stats', summary: 'Counts by status and type', answers: { 200: typeOf('JobStats') } },
  { call: 'GET /api/jobs/{id}', summary: 'One job with its attempts', answers: { 200: job }, errors: ['not-found'] },
  {
    call: 'PATCH /api/jobs/{id}/cancel',
    summary: 'Cancel a job',
    body: cancelBody,
    answers: { 200: job },
    errors: ['forbidden', 'not-found', 'already-finished'],
  },
  {
    call: 'POST /api/jobs/{id}/retry',
    summary: 'Retry a failed or cancelled job, with other data if given',
    body: retryJobBody,
    answers: { 200: job },
    errors: ['forbidden', 'not-found', 'not-retryable', 'unique-key-in-use', 'invalid-data'],
  },
  {
    call: 'GET /api/jobs/{id}/logs',
    summary: 'What a job logged',
    answers: { 200: shape({ 'LogLine[]': 'lines' }) },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/jobs/{id}/artifacts',
    summary: 'The files that a job made; /api/files/{id} downloads one',
    answers: { 200: shape({ 'File[]': 'artifacts' }) },
    errors: ['not-found'],
  },
  {
    call: 'DELETE /api/jobs/cleanup',
    summary: 'Delete single jobs that ended long ago; repeat while there are more',
    query: cleanUpQuery,
    answers: { 200: shape({ integer: 'deleted', boolean: 'more' }) },
    errors: ['forbidden'],
  },
  {
    call: 'POST /api/jobs/process/all/{id}',
    summary: 'Start a batch that waits, or let it start by itself when there is capacity',
    body: startBatchBody,
    answers: { 200: typeOf('LaunchResult'), 202: typeOf('LaunchResult') },
    errors: ['not-found', 'nothing-to-process', 'capacity-reached', 'start-failed'],
  },
  { call: 'GET /api/job-types', summary: 'What can be done', answers: { 200: shape({ 'JobType[]': 'jobTypes' }) } },
  {
    call: 'POST /api/batches',
    summary:
      'Launch a batch. NDJSON and CSV bodies are streamed; their other fields go in the query parameter batch, as JSON',
    body: launchBody,
    bodyTypes: ['application/x-ndjson', 'text/csv'],
    parameters: { batch: 'name, type, options … as a JSON string, for NDJSON and CSV bodies' },
    idempotent: true,
    answers: { 201: typeOf('LaunchResult'), 200: typeOf('LaunchResult'), 202: typeOf('LaunchResult') },
    errors: ['unknown-job-type', 'empty-batch', 'invalid-items', 'payload-too-large', 'capacity-reached'],
  },
  {
    call: 'GET /api/batches',
    summary: 'List batches, newest first',
    query: listBatchesQuery,
    answers: { 200: page('Batch', 'batches') },
  },
  { call: 'GET /api/batches/{id}', summary: 'One batch', answers: { 200: batch }, errors: ['not-found'] },
  {
    call: 'GET /api/batches/{id}/status',
    summary: 'Its summary',
    answers: { 200: typeOf('BatchStatus') },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/batches/{id}/jobs',
    summary: 'Its children, in item order',
    query: listBatchJobsQuery,
    answers: { 200: page('Job', 'jobs') },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/batches/{id}/matrix',
    summary: 'One byte per child: 0 pending, 1 active, 2 completed, 3 failed, 4 cancelled, 5 delayed',
    answers: { 200: 'application/octet-stream' },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/batches/{id}/throughput',
    summary: 'How many children finished and failed, in equal parts of its time',
    answers: { 200: shape({ 'time?': 'from', number: 'stepMs', 'ThroughputPoint[]': 'points' }) },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/batches/{id}/results',
    summary: 'Every child with its outcome, in item order, streamed',
    query: resultsQuery,
    answers: { 200: 'application/x-ndjson' },
    errors: ['not-found', 'payload-too-large'],
  },
  {
    call: 'GET /api/batches/{id}/errors',
    summary: 'The failed items with the reason, to be corrected and sent back: columns of their table, or fields',
    query: errorsQuery,
    answers: { 200: 'text/csv' },
    errors: ['not-found', 'not-ready', 'payload-too-large'],
  },
  {
    call: 'GET /api/batches/{id}/table',
    summary: 'The table that it was imported from, while that is kept; null, and why, where there is none',
    answers: { 200: shape({ 'BatchTable?': 'table', 'string?': 'missing' }) },
    errors: ['not-found'],
  },
  {
    call: 'POST /api/batches/{id}/corrections',
    summary: 'Take back a corrected errors file: only its rows run again, with their new input, in the same batch',
    query: correctionsQuery,
    body: correctionsBody,
    bodyTypes: [
      'text/csv',
      'application/x-ndjson',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
    answers: { 200: typeOf('CorrectionsResult') },
    errors: [
      'forbidden',
      'not-found',
      'not-ready',
      'empty-batch',
      'invalid-items',
      'not-retryable',
      'unique-key-in-use',
      'payload-too-large',
    ],
  },
  {
    call: 'POST /api/batches/{id}/edit',
    summary: 'Change the input of failed items by an expression for each field, and retry them; dry: only show it',
    body: editBody,
    answers: { 200: typeOf('EditResult') },
    errors: [
      'forbidden',
      'not-found',
      'invalid-items',
      'not-retryable',
      'unique-key-in-use',
      'nothing-to-process',
      'payload-too-large',
    ],
  },
  {
    call: 'GET /api/batches/{id}/failures',
    summary: 'Why children failed, the commonest reason first',
    answers: { 200: shape({ 'FailureGroup[]': 'groups' }) },
    errors: ['not-found'],
  },
  {
    call: 'GET /api/doctor',
    summary: 'Open batches that look stuck or were never closed, longest first, with the reasons',
    answers: { 200: shape({ 'StuckBatch[]': 'batches' }) },
  },
  {
    call: 'GET /api/batches/{id}/doctor',
    summary: 'What is wrong with a batch that does not move',
    answers: { 200: shape({ string: 'batchId', 'Finding[]': 'findings' }) },
    errors: ['not-found'],
  },
  {
    call: 'POST /api/batches/{id}/mend',
    summary: 'Put right what can be: recount, deliver what was lost again, take items from dead workers',
    answers: {
      200: shape({
        string: 'batchId',
        boolean: 'recounted',
        integer: 'redelivered released',
        'Finding[]': 'remaining',
      }),
    },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'POST /api/batches/{id}/pause',
    summary: 'Start no further child',
    answers: { 200: batch },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'POST /api/batches/{id}/resume',
    summary: 'Go on',
    answers: { 200: batch },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'POST /api/batches/{id}/cancel',
    summary: 'Cancel what has not started; with force, abort what runs',
    body: cancelBody,
    answers: { 200: batch },
    errors: ['forbidden', 'not-found', 'already-finished'],
  },
  {
    call: 'POST /api/batches/{id}/retry',
    summary: 'Run failed or cancelled children again',
    body: retryBatchBody,
    answers: { 200: shape({ Batch: 'batch', integer: 'retried' }) },
    errors: ['forbidden', 'not-found', 'not-retryable', 'unique-key-in-use'],
  },
  {
    call: 'POST /api/batches/{id}/items',
    summary: 'Add items to a batch that is not sealed, all or none of them',
    query: addItemsQuery,
    body: addItemsBody,
    bodyTypes: ['application/x-ndjson', 'text/csv'],
    idempotent: true,
    answers: { 201: typeOf('AddItemsResult'), 200: typeOf('AddItemsResult') },
    errors: ['not-found', 'batch-sealed', 'empty-batch', 'invalid-items', 'payload-too-large'],
  },
  {
    call: 'POST /api/batches/{id}/children',
    summary: 'Make an existing job a child of a batch that is not sealed; twice counts once',
    body: registerChildBody,
    answers: { 200: shape({ boolean: 'registered', Batch: 'batch' }) },
    errors: ['not-found', 'batch-sealed', 'has-parent'],
  },
  {
    call: 'POST /api/batches/{id}/seal',
    summary: 'Say that nothing more comes: the batch ends when nothing of it is open',
    answers: { 200: batch },
    errors: ['not-found'],
  },
  {
    call: 'POST /api/imports',
    summary: 'Bring a table from stored files or from an address, to be mapped, checked and launched',
    body: createImportBody,
    answers: { 201: importAnswer },
    errors: ['unknown-job-type', 'not-found'],
  },
  {
    call: 'GET /api/imports',
    summary: 'Imports that have not become a batch, newest first',
    answers: { 200: shape({ 'Import[]': 'imports' }) },
  },
  {
    call: 'GET /api/imports/{id}',
    summary: 'How an import is read and mapped, and how far its work is',
    answers: { 200: importAnswer },
    errors: ['not-found'],
  },
  {
    call: 'PATCH /api/imports/{id}',
    summary: 'Change how it is read, its job type or its mapping; what was checked before is forgotten',
    body: changeImportBody,
    answers: { 200: importAnswer },
    errors: ['not-found', 'not-ready', 'already-done'],
  },
  {
    call: 'DELETE /api/imports/{id}',
    summary: 'Forget an import; its batch stays',
    answers: { 200: shape({ boolean: 'deleted' }) },
    errors: ['not-found'],
  },
  {
    call: 'POST /api/imports/{id}/check',
    summary: 'Check every row in the background; counts and progress are in the import',
    answers: { 202: importAnswer },
    errors: ['not-found', 'not-ready', 'already-done'],
  },
  {
    call: 'POST /api/imports/{id}/stop',
    summary: 'Stop what a worker does for it',
    answers: { 200: importAnswer },
    errors: ['not-found', 'already-done'],
  },
  {
    call: 'GET /api/imports/{id}/issues',
    summary: 'Rows that do not fit, with their cells: the first 10,000; as csv or xlsx all of them',
    query: listIssuesQuery,
    answers: { 200: page('ImportIssue', 'issues') },
    errors: ['not-found'],
  },
  {
    call: 'PATCH /api/imports/{id}/rows',
    summary: 'Correct cells of a row that does not fit',
    body: fixRowBody,
    answers: { 200: shape({ Import: 'import', 'ImportIssue?': 'issue' }) },
    errors: ['not-found', 'not-ready', 'payload-too-large'],
  },
  {
    call: 'POST /api/imports/{id}/try',
    summary: 'A dry run: run the first good rows for real, as a batch of their own',
    body: tryImportBody,
    answers: { 201: shape({ Import: 'import', string: 'batchId' }) },
    errors: ['not-found', 'not-ready', 'empty-batch', 'capacity-reached'],
  },
  {
    call: 'POST /api/imports/{id}/launch',
    summary: 'Launch a checked import; a worker writes the batch, whose id is then in the import',
    body: launchImportBody,
    answers: { 202: importAnswer, 200: importAnswer },
    errors: ['not-found', 'not-ready', 'invalid-items', 'empty-batch', 'capacity-reached'],
  },
  {
    call: 'GET /api/import-mappings',
    summary: 'Saved mappings',
    query: listMappingsQuery,
    answers: { 200: shape({ 'ImportMapping[]': 'mappings' }) },
  },
  {
    call: 'POST /api/import-mappings',
    summary: 'Save a mapping for the next file; the same name replaces it',
    body: saveMappingBody,
    answers: { 201: shape({ ImportMapping: 'mapping' }) },
    errors: ['unknown-job-type'],
  },
  {
    call: 'DELETE /api/import-mappings/{id}',
    summary: 'Forget a saved mapping',
    answers: { 200: shape({ boolean: 'deleted' }) },
    errors: ['not-found'],
  },
  {
    call: 'POST /api/files',
    summary: 'Store a file: the raw body with X-Filename, or a form',
    bodyTypes: ['application/octet-stream', 'multipart/form-data'],
    answers: { 201: typeOf('File') },
    errors: ['payload-too-large'],
  },
  {
    call: 'GET /api/files/{id}',
    summary: 'Download a file, whole or in part (Range, If-Range, If-None-Match)',
    answers: { 200: 'application/octet-stream', 206: 'application/octet-stream' },
    errors: ['not-found', 'unavailable'],
  },
  {
    call: 'GET /api/search',
    summary: 'Search what was embedded, best first',
    query: searchQuery,
    answers: { 200: shape({ 'SearchHit[]': 'hits' }) },
  },
  {
    call: 'GET /api/events',
    summary: 'Server-sent events: a snapshot, then what changes',
    parameters: {
      batchId: 'only about this batch; repeatable',
      jobId: 'only about this job; repeatable',
      flowId: 'only about this flow; repeatable',
    },
    answers: { 200: 'text/event-stream' },
    errors: ['not-found', 'too-many-requests'],
  },
  ...FLOW_OPERATIONS,
  { call: 'GET /api/capacity', summary: 'What runs now, over all machines', answers: { 200: typeOf('Capacity') } },
  { call: 'GET /api/viewer', summary: 'Who asks', answers: { 200: typeOf('Viewer') } },
  {
    call: 'GET /api/api-keys',
    summary: 'List API keys',
    answers: { 200: shape({ 'ApiKey[]': 'apiKeys' }) },
    errors: ['forbidden'],
  },
  {
    call: 'POST /api/api-keys',
    summary: 'Create an API key; it is shown once',
    body: createApiKeyBody,
    answers: { 201: shape({ string: 'key', ApiKey: 'apiKey' }) },
    errors: ['forbidden'],
  },
  {
    call: 'DELETE /api/api-keys/{id}',
    summary: 'Revoke an API key',
    answers: { 200: shape({ ApiKey: 'apiKey' }) },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'GET /api/secrets',
    summary: 'List the names of secrets; their values are never given out',
    answers: { 200: shape({ 'Secret[]': 'secrets' }) },
  },
  {
    call: 'POST /api/secrets',
    summary: 'Keep a secret that rows may name as {{secret:NAME}}',
    body: createSecretBody,
    answers: { 201: shape({ Secret: 'secret' }) },
    errors: ['forbidden', 'name-in-use', 'unavailable'],
  },
  {
    call: 'DELETE /api/secrets/{id}',
    summary: 'Forget a secret',
    answers: { 200: shape({ Secret: 'secret' }) },
    errors: ['forbidden', 'not-found'],
  },
  {
    call: 'GET /api/metrics',
    summary: 'Metrics for Prometheus, also at /metrics',
    answers: { 200: 'text/plain' },
    errors: ['forbidden'],
  },
  { call: 'GET /api/openapi.json', summary: 'This document', answers: { 200: {} } },
  { call: 'GET /api/health/live', summary: 'Whether the process answers', public: true, answers: { 200: {} } },
  {
    call: 'GET /api/health/ready',
    summary: 'Whether it can serve',
    public: true,
    answers: { 200: {} },
    errors: ['unavailable'],
  },
];
