import type { z } from 'zod';
import type { ErrorCode } from '@/lib/contracts/errors';
import { cancelBody } from '@/lib/contracts/job';
import { type JsonSchema, shape } from '@/lib/http/openapi/shapes';

/** One call of the API. */
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

/** What cancelling is like, of whatever it is asked. */
export const CANCEL = {
  summary: 'Cancel what has not started; with force, abort what runs',
  body: cancelBody,
  errors: ['forbidden', 'not-found', 'already-finished'],
} satisfies Partial<Operation>;

/** Why jobs of a batch, or single ones, may not be run again. */
export const RETRY_ERRORS: ErrorCode[] = ['forbidden', 'not-found', 'not-retryable', 'unique-key-in-use'];

/** Items of a batch that are streamed. */
export const ITEM_BODIES = ['application/x-ndjson', 'text/csv'];

/** A page of a list, under the name of its rows. */
export const page = (type: string, name: string) => shape({ [`${type}[]`]: name, 'string?': 'nextCursor' });
