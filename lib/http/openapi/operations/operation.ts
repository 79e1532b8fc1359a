import type { z } from 'zod';
import type { ErrorCode } from '@/lib/contracts/errors';
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

/** A page of a list, under the name of its rows. */
export const page = (type: string, name: string) => shape({ [`${type}[]`]: name, 'string?': 'nextCursor' });
