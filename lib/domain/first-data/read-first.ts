import { logger } from '@/lib/config/logger';
import { stringifyJson } from '@/lib/contracts/json';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { freshTypes } from '@/lib/domain/job-type/read-types';
import { countRequest } from '@/lib/domain/organization/limits/count-request';

/** A query that a page needs for its first paint: its key in the browser, and the verb that its route calls. */
export interface FirstRead {
  key: readonly unknown[];
  /** Returns what the query returns, or the first page of a list. */
  read: (context: Context) => Promise<unknown>;
  /** the list is read page by page */
  paged?: boolean;
}

/** What a read returned, as the API would send it. */
export interface FirstAnswer {
  key: readonly unknown[];
  json: string;
  paged: boolean;
}

/** Milliseconds for which a page waits for its data. */
const WAIT_MS = 1000;

/**
 * Returns the answers to the reads of a page. Each read is a verb, which checks the permission. What is refused, fails or
 * takes longer than `waitMs` is missing: the browser asks for it again and shows why. A page counts as one request.
 */
export async function readFirst(
  context: Context,
  reads: readonly FirstRead[],
  { waitMs = WAIT_MS } = {},
): Promise<FirstAnswer[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, waitMs, null);
  });
  const prepared = Promise.all([countRequest(context), freshTypes()]);
  const answers = await Promise.all(
    reads.map(({ key, read, paged = false }) => {
      const reading = prepared.then(() => read(context)).then((data) => ({ key, json: stringifyJson(data), paged }));
      return Promise.race([reading.catch((error: unknown) => missing(key, error)), late]);
    }),
  );
  clearTimeout(timer);
  return answers.filter((answer) => answer !== null);
}

/** A refusal is shown by the browser, which asks again. */
function missing(key: FirstRead['key'], error: unknown): null {
  if (!(error instanceof DomainError)) {
    logger.warn({ err: error, query: key }, 'A page was rendered without some of its data. The browser reads it.');
  }
  return null;
}
