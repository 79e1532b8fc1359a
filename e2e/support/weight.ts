import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Kilobytes (1000 bytes) of JavaScript on the wire, of a page before anybody does something. */
const MOST_KB = 275;
/** Pages that need more: forms that check what is typed, and the page that has everything of a batch. */
const HEAVIER: Readonly<Record<string, number>> = {
  '/batches/[id]': 305,
  '/batches/new': 325,
  '/flows/new': 290,
  '/settings/notifications': 285,
};

/** Returns the kilobytes of JavaScript that a page may load. */
export const budgetOf = (route: string): number => HEAVIER[route] ?? MOST_KB;

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
