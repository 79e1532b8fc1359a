import { logger } from '@/lib/config/logger';
import { type BatchLaunch, MAX_QUERIED_ITEMS } from '@/lib/contracts/scheduled-launch';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { type Context, systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openStored } from '@/lib/domain/file/open-file';
import { openUrl } from '@/lib/domain/import/reading/open-url';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { OutboundError } from '@/lib/outbound/errors';
import { outbound } from '@/lib/outbound/outbound';
import { findQueried, itemsOfJobs, requireEnded } from './query-items';
import { tableItems } from './table-items';

/** Milliseconds from the request of a table to its last row, which the launch waits for. */
const FETCH_MS = 10 * 60_000;
/** Milliseconds of a search for the jobs to launch. */
const SEARCH_MS = 60_000;

/** The items of a batch, ready to be launched. */
export interface OpenItems {
  items: AsyncIterable<LaunchItem>;
  /** what is not launched although it was asked for */
  leftOut?: string;
  /** frees what is read from, whether it was read or not */
  close(): void;
}

const nothingToClose = (): void => undefined;

/**
 * Opens the items of a batch that a schedule launches.
 * @param at the due time in milliseconds since 1970: what a query finds is as of then
 * @returns null if a query finds nothing
 * @throws DomainError `invalid-items` for a table that can't be fetched or read, `not-found` for a file,
 *   `limit-exceeded` for a search that does not end
 */
export async function openItems(context: Context, batch: BatchLaunch, at: number): Promise<OpenItems | null> {
  const { type: name, items, fileId, url, query } = batch;
  if (items) return { items: numbered(items), close: nothingToClose };
  const type = requireJobType(name);
  if (fileId !== undefined) {
    const { file, stream } = await openStored(context, fileId);
    const bytes = stream as AsyncIterable<Uint8Array>;
    return { items: tableItems(type, { name: file.name, bytes }), close: () => void stream.destroy() };
  }
  if (url !== undefined) return openTable(url, name, FETCH_MS);
  // Who stored the query was allowed to see what it finds; the schedule itself launches for the organization.
  const all = systemContext(context.organizationId);
  const found = await findQueried(all, { type, query: query ?? '', at, limitMs: SEARCH_MS });
  requireEnded(found);
  if (found.ids.length === 0) return null;
  return {
    items: itemsOfJobs(context, found.ids),
    close: nothingToClose,
    ...(found.more ? { leftOut: leftOutOf(found.ids.length) } : {}),
  };
}

/** Yields items with their rows, counted from 1. */
export async function* numbered(items: readonly unknown[]): AsyncGenerator<LaunchItem> {
  for (const [i, data] of items.entries()) yield { row: i + 1, data };
}

const leftOutOf = (count: number): string =>
  `More jobs matched than one firing launches (${MAX_QUERIED_ITEMS.toLocaleString('en')} at most). The newest ${count.toLocaleString('en')} were launched.`;

/** Fetches a table with items. @throws DomainError `invalid-items` with the reason */
export async function openTable(url: string, typeName: string, timeoutMs: number): Promise<OpenItems> {
  const type = requireJobType(typeName);
  try {
    const { name, body } = await openUrl(url, { signal: new AbortController().signal, timeoutMs });
    // A reader gets the error; without one, it would end the process.
    body.on('error', (err) => logger.debug({ err }, 'A fetched table broke off.'));
    const bytes = body as AsyncIterable<Uint8Array>;
    return { items: tableItems(type, { name, bytes }), close: () => void body.destroy() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DomainError('invalid-items', `The items could not be fetched: ${why}`, { cause: error });
  }
}

/** @throws DomainError `invalid-items` for an address that is not public, and that the operator did not allow */
export async function requireItemsUrl(url: string, path: string): Promise<void> {
  try {
    await outbound().requireAllowed(url);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const { message } = error;
    throw new DomainError('invalid-items', `Items can’t be fetched from there: ${message}`, {
      errors: [{ path, message }],
      cause: error,
    });
  }
}
