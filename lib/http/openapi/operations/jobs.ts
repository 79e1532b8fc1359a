import { historyDto, historyQuery } from '@/lib/contracts/history';
import {
  artifactList,
  cleanedUp,
  createdJob,
  createJobBody,
  jobAnswer,
  jobDetailAnswer,
  jobList,
  jobLogs,
  jobStatsDto,
  retryJobBody,
} from '@/lib/contracts/job';
import { cleanUpQuery, jobLogsQuery, listJobsQuery } from '@/lib/contracts/job-queries';
import { jobTypeList } from '@/lib/contracts/job-type';
import { countJobsQuery, jobCountDto } from '@/lib/contracts/query-values';
import { chosenResultsBody, chosenResultsQuery } from '@/lib/contracts/results';
import { CANCEL, type Operation, RETRY_ERRORS, XLSX } from './operation';

const CHOSEN_RESULTS: Pick<Operation, 'answers' | 'errors'> = {
  answers: { 200: ['application/x-ndjson', 'text/csv', XLSX] },
  errors: ['invalid-query', 'limit-exceeded', 'unavailable'],
};

/** The calls about jobs and their types. */
export const JOB_OPERATIONS: Operation[] = [
  {
    call: 'POST /api/jobs',
    id: 'createJob',
    tag: 'Jobs',
    summary: 'Create a job',
    body: createJobBody,
    example: { type: 'diagnostic', data: { durationMs: 100 }, maxAttempts: 3 },
    idempotent: true,
    answers: { 201: createdJob, 200: createdJob },
    errors: [
      'unknown-job-type',
      'not-found',
      'batch-sealed',
      'invalid-data',
      'invalid-metadata',
      'limit-exceeded',
      'unknown-channel',
      'invalid-channel',
    ],
  },
  {
    call: 'GET /api/jobs',
    id: 'listJobs',
    tag: 'Jobs',
    summary: 'List jobs, newest first',
    query: listJobsQuery,
    answers: { 200: jobList },
    errors: ['invalid-query'],
  },
  {
    call: 'GET /api/jobs/stats',
    id: 'getJobStats',
    tag: 'Jobs',
    summary: 'Count jobs by status and type',
    answers: { 200: jobStatsDto },
  },
  {
    call: 'GET /api/jobs/count',
    id: 'countJobs',
    tag: 'Jobs',
    summary: 'Count the jobs that match a query, by status',
    query: countJobsQuery,
    answers: { 200: jobCountDto },
    errors: ['invalid-query', 'too-many-requests', 'unavailable'],
  },
  {
    call: 'GET /api/history',
    id: 'readHistory',
    tag: 'Jobs',
    summary: 'Read what ended in each minute, hour or day, with durations, waiting times, queue depth and workers',
    query: historyQuery,
    answers: { 200: historyDto },
    errors: ['invalid-query'],
  },
  {
    call: 'GET /api/jobs/results',
    id: 'downloadJobResults',
    tag: 'Jobs',
    summary: 'Download the jobs that match a query with their outcomes, at most 100,000, streamed',
    query: chosenResultsQuery,
    ...CHOSEN_RESULTS,
  },
  {
    call: 'POST /api/jobs/results',
    id: 'downloadChosenJobResults',
    tag: 'Jobs',
    summary: 'Download the jobs with these ids, or that match a query, with their outcomes',
    body: chosenResultsBody,
    example: { jobIds: ['0198b2c4-6f1e-7a32-9d51-3a7c0c5f8e21'], format: 'csv' },
    ...CHOSEN_RESULTS,
  },
  {
    call: 'GET /api/jobs/{id}',
    id: 'getJob',
    tag: 'Jobs',
    summary: 'Get a job with its input, result and attempts',
    answers: { 200: jobDetailAnswer },
  },
  {
    ...CANCEL,
    call: 'PATCH /api/jobs/{id}/cancel',
    id: 'cancelJob',
    tag: 'Jobs',
    summary: 'Cancel a job; with force, abort it even if it ignores its abort signal',
    answers: { 200: jobAnswer },
  },
  {
    call: 'POST /api/jobs/{id}/retry',
    id: 'retryJob',
    tag: 'Jobs',
    summary: 'Retry a failed or cancelled job, with other data if given',
    body: retryJobBody,
    example: { data: { durationMs: 50 } },
    answers: { 200: jobAnswer },
    errors: [...RETRY_ERRORS, 'nothing-to-process', 'capacity-reached', 'invalid-data'],
  },
  {
    call: 'GET /api/jobs/{id}/logs',
    id: 'getJobLogs',
    tag: 'Jobs',
    summary: 'Get the log lines of a job',
    query: jobLogsQuery,
    answers: { 200: jobLogs },
  },
  {
    call: 'GET /api/jobs/{id}/artifacts',
    id: 'listArtifacts',
    tag: 'Jobs',
    summary: 'List the files that a job made; /api/files/{id} downloads one',
    answers: { 200: artifactList },
  },
  {
    call: 'DELETE /api/jobs/cleanup',
    id: 'deleteOldJobs',
    tag: 'Jobs',
    summary: 'Delete single jobs that ended long ago; repeat while there are more',
    query: cleanUpQuery,
    answers: { 200: cleanedUp },
  },
  {
    call: 'GET /api/job-types',
    id: 'listJobTypes',
    tag: 'Jobs',
    summary: 'List the job types with the JSON Schemas of their inputs and results',
    answers: { 200: jobTypeList },
  },
];
