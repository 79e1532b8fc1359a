import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Kilobytes (1000 bytes) of JavaScript on the wire, of a page before anybody does something. */
const MOST_KB = 203;
/** Pages that need more: virtual lists with their queries, tabs, and what has everything of a batch or a flow. */
const HEAVIER: Readonly<Record<string, number>> = {
  '/batches': 210,
  '/batches/[id]': 229,
  '/batches/new': 228,
  '/flows': 210,
  '/flows/[id]': 209,
  '/flows/new': 243,
  '/jobs': 210,
  '/jobs/[id]': 213,
  '/settings/audit': 206,
};

/** Returns the kilobytes of JavaScript that a page may load. */
export const budgetOf = (route: string): number => HEAVIER[route] ?? MOST_KB;

/** What a page may ask for with an empty cache until its data are live: itself, scripts, a style, fonts, and the API. */
export const MOST_REQUESTS: Readonly<Record<string, number>> = {
  '/': 15,
  '/batches': 15,
  '/batches/[id]': 18,
  '/batches/new': 15,
  '/jobs': 15,
  '/flows': 15,
};

/** What is smaller is sent as it is. */
const MIN_COMPRESSED = 1024;

/** Returns the addresses of the scripts of a page, without those that current browsers leave out. */
export const scriptsOf = (page: string): string[] => [
  ...new Set([...page.matchAll(/<script(?![^>]*nomodule)[^>]*\ssrc="([^"]+)"/gi)].map(([, source]) => source ?? '')),
];

/**
 * Returns the bytes of a script's body on the wire, as a browser gets it from this machine or over TLS.
 * @throws Error if it is not there, or if a large one is sent as it is
 */
export async function wireBytes(url: string): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } }, resolve).once('error', reject);
  });
  const { length } = await buffer(response);
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  if (length >= MIN_COMPRESSED && response.headers['content-encoding'] !== 'br')
    throw new Error(`${url} is not sent as Brotli: run the build of the product, which compresses it`);
  return length;
}
