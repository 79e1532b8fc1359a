import { cleanUpQuery, createJobBody, listJobsQuery, retryJobBody } from '@/lib/contracts/job';
import { shape, typeOf } from '@/lib/http/openapi/shapes';
import { CANCEL, type Operation, page, RETRY_ERRORS } from './operation';

const job = shape({ Job: 'job' });
const created = shape({ string: 'jobId', Job: 'job' });

/** The calls about jobs and their types. */
export const JOB_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/jobs',
    summary: 'Create a job',
    body: createJobBody,
    idempotent: true,
    answers: { 201: created, 200: created },
    errors: ['unknown-job-type', 'invalid-data', 'invalid-metadata', 'payload-too-large', 'not-found', 'batch-sealed'],
  },
  {
    call: 'GET /api/jobs',
    summary: 'List jobs, newest first',
    query: listJobsQuery,
    answers: { 200: page('JobSummary', 'jobs') },
  },
  { call: 'GET /api/jobs/stats', summary: 'Counts by status and type', answers: { 200: typeOf('JobStats') } },
  { call: 'GET /api/jobs/{id}', summary: 'One job with its attempts', answers: { 200: job }, errors: ['not-found'] },
  { ...CANCEL, call: 'PATCH /api/jobs/{id}/cancel', summary: 'Cancel a job', answers: { 200: job } },
  {
    call: 'POST /api/jobs/{id}/retry',
    summary: 'Retry a failed or cancelled job, with other data if given',
    body: retryJobBody,
    answers: { 200: job },
    errors: [...RETRY_ERRORS, 'invalid-data'],
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
