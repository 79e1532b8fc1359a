import type { z } from 'zod';
import type { ErrorCode } from '@/lib/contracts/errors';
import { cancelBody } from '@/lib/contracts/job';

export const TAGS = {
  Batches: 'Many items of one job type, launched, watched and steered together',
  Jobs: 'Single jobs, the children of batches, and what job types there are',
  Flows: 'Trees of jobs, in which a parent starts when its children have ended',
  'Dead letters': 'What failed for good and nobody retried or discarded',
  'Bulk actions': 'One action on many jobs: estimated, carried out by the supervisors, and recorded',
  Schedules: 'Batches, jobs and flows that are launched by the clock',
  Views: 'Saved queries over jobs, batches and flows',
  Notifications: 'Who is told what happened, and what was sent',
  Imports: 'Tables that are uploaded, mapped to the fields of a job type, checked and launched',
  Files: 'Stored files, and the search in documents that were embedded',
  Access: 'API keys, secrets, and who sends the request',
  Account: 'One’s own sessions and password',
  People: 'Organizations, their members, and invitations',
  System: 'Capacity, events, health, and batches that look stuck',
} as const;

/** The response for one status: the schema of its JSON, other media types, both, a stream of events, or no body. */
export type Answer =
  | z.ZodType
  | readonly string[]
  | { json: z.ZodType; files: readonly string[] }
  | { events: Record<string, z.ZodType> }
  | null;

/** One call of the API. */
export interface Operation {
  /** `POST /api/batches` */
  call: string;
  /** `operationId`: stable, because generated clients name their functions after it */
  id: string;
  tag: keyof typeof TAGS;
  summary: string;
  query?: z.ZodType;
  /** query parameters without a schema of their own: name to description */
  parameters?: Record<string, string>;
  body?: z.ZodType;
  /** a body that `body` accepts */
  example?: unknown;
  /** media types of bodies besides JSON */
  bodyTypes?: readonly string[];
  idempotent?: boolean;
  public?: boolean;
  answers: Record<number, Answer>;
  /** error codes besides those of every call of its kind (see `errorsOf`) */
  errors?: ErrorCode[];
}

/** The fields that are the same for cancelling a batch, a job or a flow. */
export const CANCEL = {
  body: cancelBody,
  example: { force: true },
  errors: ['already-finished'],
} satisfies Partial<Operation>;

/** Error codes of a rejected retry. */
export const RETRY_ERRORS: ErrorCode[] = ['not-retryable', 'unique-key-in-use'];

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Media types of streamed items. */
export const ITEM_BODIES = ['application/x-ndjson', 'text/csv'];

/**
 * Returns every error code of a call: its own codes, and those of its kind (a malformed request, authentication, a
 * body, an id in the path, an unavailable service).
 */
export function errorsOf(operation: Operation): ErrorCode[] {
  const { call, body, bodyTypes, idempotent, errors = [] } = operation;
  const isWrite = !call.startsWith('GET ');
  const hasBody = body !== undefined || bodyTypes !== undefined;
  const codes: (ErrorCode | false)[] = [
    !operation.public && 'unauthenticated',
    // The dashboard names the organization that its page shows.
    !operation.public && 'organization-switched',
    // The organization asks for a second factor, and the session has none.
    !operation.public && 'second-factor-required',
    !operation.public && 'too-many-requests',
    !operation.public && 'limit-reached',
    !operation.public && 'forbidden',
    isWrite && 'bad-origin',
    'invalid-request',
    body !== undefined && 'invalid-json',
    hasBody && 'request-timeout',
    hasBody && 'payload-too-large',
    hasBody && 'unsupported-media-type',
    idempotent === true && 'idempotency-key-reused',
    call.includes('{id}') && 'not-found',
    'headers-too-large',
    ...errors,
    'internal-error',
    'unavailable',
  ];
  return [...new Set(codes.filter((code) => code !== false))];
}
