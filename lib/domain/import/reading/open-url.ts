import { env } from '@/lib/config/env';
import type { OutboundResponse } from '@/lib/outbound/client';
import { outbound } from '@/lib/outbound/outbound';
import { ReadingError } from './reading-error';

/** The answer to a request for a file. */
export interface OpenedUrl {
  /** from the answer, else the last segment of its address */
  name: string;
  /** announced bytes; 0 if unknown */
  size: number;
  /** read it to its end or destroy it, because it holds a connection */
  body: OutboundResponse['body'];
}

/**
 * Requests a file. The address of every redirect is validated, and the size is bounded as that of an upload.
 * @param timeoutMs from the start to the last byte
 * @throws ReadingError for an answer that is no file and will not become one; OutboundError; Error for one that may
 *   work later
 */
export async function openUrl(
  url: string,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<OpenedUrl> {
  const answer = await outbound().request({
    url,
    signal,
    timeoutMs,
    maxBytes: env().MAX_UPLOAD_BYTES,
    headers: { accept: 'text/csv, application/json, */*', 'user-agent': 'batchyard' },
  });
  if (answer.status !== 200) {
    answer.body.destroy();
    throw refused(answer);
  }
  return { name: nameOf(answer), size: Number(answer.headers.get('content-length') ?? 0), body: answer.body };
}

function refused({ status, url }: OutboundResponse): Error {
  const what = `${url.hostname} answered ${status}`;
  if (status === 401 || status === 403) {
    return new ReadingError('fetch-refused', `${what}: it asks to sign in. Download the file and upload it here.`);
  }
  if (status >= 500 || status === 429) return new Error(`${what}. It may work later.`);
  return new ReadingError('fetch-refused', `${what} instead of a file. Is the address right?`);
}

function nameOf({ headers, url }: OutboundResponse): string {
  const said = /filename="?([^";]+)/i.exec(headers.get('content-disposition') ?? '')?.[1];
  return said ?? (url.pathname.split('/').filter(Boolean).at(-1) || url.hostname);
}
