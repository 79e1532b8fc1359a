import { z } from 'zod';

/** Maps each error code of the API to its HTTP status. The server and the tests share this map. */
export const ERROR_STATUS = {
  'invalid-request': 400,
  'invalid-json': 400,
  'unknown-job-type': 400,
  'empty-batch': 400,
  unauthenticated: 401,
  forbidden: 403,
  'bad-origin': 403,
  'reauthentication-required': 403,
  'second-factor-required': 403,
  'wrong-password': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'already-finished': 409,
  'not-retryable': 409,
  'budget-spent': 409,
  'nothing-to-process': 409,
  'name-in-use': 409,
  'unique-key-in-use': 409,
  'already-done': 409,
  'batch-sealed': 409,
  'has-parent': 409,
  'not-ready': 409,
  'last-owner': 409,
  'last-system-administrator': 409,
  'already-member': 409,
  'invitation-used': 409,
  'organization-busy': 409,
  'organization-switched': 409,
  'link-expired': 410,
  'invitation-expired': 410,
  'estimate-expired': 410,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'invalid-items': 422,
  'invalid-data': 422,
  'invalid-metadata': 422,
  'invalid-query': 422,
  'invalid-channel': 422,
  'unknown-channel': 422,
  'idempotency-key-reused': 422,
  'limit-exceeded': 422,
  'headers-too-large': 431,
  'capacity-reached': 429,
  'limit-reached': 429,
  'too-many-requests': 429,
  'too-many-streams': 429,
  'internal-error': 500,
  'start-failed': 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export const ERROR_CODES = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

export const inputIssue = z
  .object({
    path: z.string().describe('the field, with dots between the levels; empty: the whole value'),
    message: z.string(),
    row: z.int().min(1).exactOptional().describe('of tabular input: the row, counted from 1 as in a spreadsheet'),
    at: z.int().min(0).exactOptional().describe('of a query: where it begins, in characters (UTF-16 units) from 0'),
    length: z.int().min(0).exactOptional().describe('of a query: its characters'),
  })
  .meta({ id: 'InputIssue', description: 'One fault of the input: where it is, and what is allowed there.' });
export type InputIssue = z.infer<typeof inputIssue>;

/** The body of every error response (RFC 9457). Some codes add members, such as `running` or `requestId`. */
export const problemSchema = z
  .looseObject({
    type: z.string().describe('`urn:batchyard:problem:<code>`'),
    title: z.string(),
    status: z.int().describe('the HTTP status'),
    code: z.enum(ERROR_CODES).describe('stable; programs decide by it'),
    detail: z.string().describe('one or two sentences for people'),
    errors: z.array(inputIssue).exactOptional().describe('at most 100'),
  })
  .meta({
    id: 'Problem',
    description: 'Why a request was refused (RFC 9457). Some codes add members of their own.',
    examples: [
      {
        type: 'urn:batchyard:problem:invalid-items',
        title: 'Invalid items',
        status: 422,
        code: 'invalid-items',
        detail: '1 of 3 items is not valid. Nothing was created.',
        errors: [{ row: 2, path: 'durationMs', message: 'must be a number' }],
      },
    ],
  });
export type Problem = z.infer<typeof problemSchema>;

/** The error of a failed job, as its row stores it and screens show it. */
export const jobError = z
  .object({
    message: z.string(),
    code: z
      .string()
      .exactOptional()
      .describe('stable word for grouping: `worker-crashed`, `timeout`, `invalid-input` …'),
    stack: z.string().exactOptional().describe('not in lists and events'),
  })
  .meta({ id: 'JobError', description: 'How a job failed.' });
export type JobError = z.infer<typeof jobError>;
