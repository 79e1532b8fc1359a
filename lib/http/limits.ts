import { MAX_DATA_BYTES } from '@/lib/contracts/job';

/** Bytes of a JSON body that carries data: jobs, retries, batches. Larger launches stream as NDJSON or CSV. */
export const DATA_BODY_BYTES = MAX_DATA_BYTES;
/** Bytes of any other JSON body. */
export const BODY_BYTES = 1024 ** 2;
/** Bytes of one item of a streamed launch. */
export const LINE_BYTES = 1024 ** 2;
/** Members and items that the data of a job, or any small body, may hold in all. */
export const DATA_VALUES = 100_000;
/** The same for a body that is a list: of items, of corrections, of the nodes of flows. */
export const LIST_VALUES = 1_000_000;
/** Columns of a streamed CSV. */
export const CSV_COLUMNS = 2000;
/** How deep JSON may nest: more than a flow of a hundred levels, less than what overflows a stack somewhere. */
export const JSON_DEPTH = 300;
/** Characters of an Idempotency-Key. */
export const IDEMPOTENCY_KEY_LENGTH = 200;
