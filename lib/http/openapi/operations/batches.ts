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
import { listBatchJobsQuery } from '@/lib/contracts/job';
import { startBatchBody } from '@/lib/contracts/start';
import { shape, typeOf } from '@/lib/http/openapi/shapes';
import { CANCEL, ITEM_BODIES, type Operation, page, RETRY_ERRORS } from './operation';

const batch = shape({ Batch: 'batch' });

/** The calls about batches. */
export const BATCH_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/jobs/process/all/{id}',
    summary: 'Start a batch that waits, or let it start by itself when there is capacity',
    body: startBatchBody,
    answers: { 200: typeOf('LaunchResult'), 202: typeOf('LaunchResult') },
    errors: ['not-found', 'nothing-to-process', 'capacity-reached', 'start-failed'],
  },
  {
    call: 'POST /api/batches',
    summary:
      'Launch a batch. NDJSON and CSV bodies are streamed; their other fields go in the query parameter batch, as JSON',
    body: launchBody,
    bodyTypes: ITEM_BODIES,
    parameters: { batch: 'name, type, options … as a JSON string, for NDJSON and CSV bodies' },
    idempotent: true,
    answers: { 201: typeOf('LaunchResult'), 200: typeOf('LaunchResult'), 202: typeOf('LaunchResult') },
    errors: [
      'unknown-job-type',
      'empty-batch',
      'invalid-items',
      'invalid-metadata',
      'payload-too-large',
      'capacity-reached',
    ],
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
    answers: { 200: page('JobSummary', 'jobs') },
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
    errors: [...RETRY_ERRORS, 'not-ready', 'empty-batch', 'invalid-items', 'payload-too-large'],
  },
  {
    call: 'POST /api/batches/{id}/edit',
    summary: 'Change the input of failed items by an expression for each field, and retry them; dry: only show it',
    body: editBody,
    answers: { 200: typeOf('EditResult') },
    errors: [...RETRY_ERRORS, 'invalid-items', 'nothing-to-process', 'payload-too-large'],
  },
  {
    call: 'GET /api/batches/{id}/failures',
    summary: 'Why children failed, the commonest reason first',
    answers: { 200: shape({ 'FailureGroup[]': 'groups' }) },
    errors: ['not-found'],
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
  { ...CANCEL, call: 'POST /api/batches/{id}/cancel', answers: { 200: batch } },
  {
    call: 'POST /api/batches/{id}/retry',
    summary: 'Run failed or cancelled children again',
    body: retryBatchBody,
    answers: { 200: shape({ Batch: 'batch', integer: 'retried' }) },
    errors: RETRY_ERRORS,
  },
  {
    call: 'POST /api/batches/{id}/items',
    summary: 'Add items to a batch that is not sealed, all or none of them',
    query: addItemsQuery,
    body: addItemsBody,
    bodyTypes: ITEM_BODIES,
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
];
