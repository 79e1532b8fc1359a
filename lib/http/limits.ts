import { MAX_DATA_BYTES } from '@/lib/contracts/job';

/** Maximum bytes of a JSON body with data: jobs, retries, batches. Larger launches stream as NDJSON or CSV. */
export const DATA_BODY_BYTES = MAX_DATA_BYTES;
/** Maximum bytes of any other JSON body. */
export const BODY_BYTES = 1024 ** 2;
/** Maximum bytes of one item of a streamed launch. */
export const LINE_BYTES = 1024 ** 2;
/** Maximum number of members and items, over all levels, in the data of a job or in any small body. */
export const DATA_VALUES = 100_000;
/** The same for a body with a long list: of items, of corrections, of the nodes of flows. */
export const LIST_VALUES = 1_000_000;
/** Maximum number of columns of a streamed CSV. */
export const CSV_COLUMNS = 2000;
/** Maximum depth of JSON: enough for a flow of 100 levels, and low enough for recursive code. */
export const JSON_DEPTH = 300;
/** Maximum characters of an Idempotency-Key. */
export const IDEMPOTENCY_KEY_LENGTH = 200;
