import { env } from '@/lib/config/env';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { storeFile } from '@/lib/domain/file/store-file';
import type { TableFile } from '@/lib/domain/import/reading/read-rows';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import type { OutboundResponse } from '@/lib/outbound/client';
import { OutboundError } from '@/lib/outbound/errors';
import { outbound } from '@/lib/outbound/outbound';
import type { WorkControl } from './import-work';

const TIMEOUT_MS = 60 * 60 * 1000;
const REPORT_BYTES = 1024 ** 2;

/**
 * Streams a file from a URL into storage. The address of every redirect is validated.
 * @throws ReadingError for a permanent error; OutboundError for one that a retry may avoid
 */
export async function fetchFile(context: Context, url: string, { signal, progress }: WorkControl): Promise<TableFile> {
  const maxBytes = env().MAX_UPLOAD_BYTES;
  try {
    const answer = await outbound().request({
      url,
      signal,
      timeoutMs: TIMEOUT_MS,
      maxBytes,
      headers: { accept: 'text/csv, application/json, */*', 'user-agent': 'batchyard' },
    });
    if (answer.status !== 200) {
      answer.body.destroy();
      throw refused(answer);
    }
    const total = Number(answer.headers.get('content-length') ?? 0);
    const body = watched(answer.body as AsyncIterable<Uint8Array>, (bytes) => progress(bytes, total, 'Fetching'));
    const file = await storeFile(context, { name: nameOf(answer), body });
    return { fileId: file.fileId, name: file.name, size: file.size };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'payload-too-large') {
      throw new ReadingError('too-large', error.message, { cause: error });
    }
    if (error instanceof OutboundError && !error.transient) {
      throw new ReadingError(error.code, error.message, { cause: error });
    }
    throw error;
  }
}

function refused({ status, url }: OutboundResponse): Error {
  const what = `${url.hostname} answered ${status}`;
  if (status === 401 || status === 403) {
    return new ReadingError('fetch-refused', `${what}: it asks to sign in. Download the file and upload it here.`);
  }
  if (status >= 500 || status === 429) return new Error(`${what}. It may work later.`);
  return new ReadingError('fetch-refused', `${what} instead of a file. Is the address right?`);
}

/** Returns the file name from the response, else the last segment of its URL. */
function nameOf({ headers, url }: OutboundResponse): string {
  const said = /filename="?([^";]+)/i.exec(headers.get('content-disposition') ?? '')?.[1];
  return said ?? (url.pathname.split('/').filter(Boolean).at(-1) || url.hostname);
}

async function* watched(body: AsyncIterable<Uint8Array>, onBytes: (total: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let reported = 0;
  for await (const chunk of body) {
    yield chunk;
    bytes += chunk.byteLength;
    if (bytes - reported < REPORT_BYTES) continue;
    reported = bytes;
    onBytes(bytes);
  }
}
