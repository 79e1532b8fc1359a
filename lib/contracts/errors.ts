/** Every error code of the API, with the HTTP status it always has. One map, used by the server and by tests. */
export const ERROR_STATUS = {
  'invalid-request': 400,
  'invalid-json': 400,
  'unknown-job-type': 400,
  'empty-batch': 400,
  unauthenticated: 401,
  forbidden: 403,
  'bad-origin': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'already-finished': 409,
  'not-retryable': 409,
  'nothing-to-process': 409,
  'name-in-use': 409,
  'unique-key-in-use': 409,
  'already-done': 409,
  'batch-sealed': 409,
  'has-parent': 409,
  'not-ready': 409,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'invalid-items': 422,
  'invalid-data': 422,
  'invalid-metadata': 422,
  'idempotency-key-reused': 422,
  'headers-too-large': 431,
  'capacity-reached': 429,
  'too-many-requests': 429,
  'too-many-streams': 429,
  'internal-error': 500,
  'start-failed': 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One thing that is wrong with the input: where, and what to do. `row` counts from 1, as a spreadsheet does. */
export interface InputIssue {
  path: string;
  message: string;
  row?: number;
}

/** `application/problem+json`, RFC 9457, with a stable `code`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  errors?: InputIssue[];
  [extension: string]: unknown;
}

/** How a job failed, as stored in its row and shown. */
export interface JobError {
  message: string;
  /** stable word for grouping, such as `worker-crashed`, `timeout`, `invalid-input` */
  code?: string;
  stack?: string;
}
