import { cancelBody, cleanUpQuery, createJobBody, listJobsQuery, retryJobBody } from '@/lib/contracts/job';
import { shape, typeOf } from '@/lib/http/openapi/shapes';
import { type Operation, page } from './operation';

const job = shape({ Job: 'job' });

/** The calls about jobs and their types. */
export const JOB_OPERATIONS: Operation[] = [
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
  { call: 'GET /api/job-types', summary: 'What can be done', answers: { 200: shape({ 'JobType[]': 'jobTypes' }) } },
];
