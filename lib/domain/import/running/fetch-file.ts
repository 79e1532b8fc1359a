import { env } from '@/lib/config/env';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { storeFile } from '@/lib/domain/file/store-file';
import { ReadingError } from '@/lib/domain/import/reading/failure';
import type { TableFile } from '@/lib/domain/import/reading/read-rows';
import type { OutboundResponse } from '@/lib/outbound/client';
import { OutboundError } from '@/lib/outbound/errors';
import { outbound } from '@/lib/outbound/outbound';
import type { Run } from './run-import';

const TIMEOUT_MS = 60 * 60 * 1000;
const REPORT_BYTES = 1024 ** 2;

/**
 * Fetches a file into storage as it comes. Where the address leads is judged at every hop.
 * @throws ReadingError for what another attempt can't help; OutboundError for what it may
 */
export async function fetchFile(context: Context, url: string, { signal, progress }: Run): Promise<TableFile> {
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
  const told = `${url.hostname} answered ${status}`;
  if (status === 401 || status === 403) {
    return new ReadingError('fetch-refused', `${told}: it asks to sign in. Download the file and bring it here.`);
  }
  if (status >= 500 || status === 429) return new Error(`${told}. It may work later.`);
  return new ReadingError('fetch-refused', `${told} instead of a file. Is the address right?`);
}

/** As the answer says, else the last piece of its address. */
function nameOf({ headers, url }: OutboundResponse): string {
  const said = /filename="?([^";]+)/i.exec(headers.get('content-disposition') ?? '')?.[1];
  return said ?? (url.pathname.split('/').filter(Boolean).at(-1) || url.hostname);
}

async function* watched(body: AsyncIterable<Uint8Array>, onBytes: (total: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let told = 0;
  for await (const chunk of body) {
    yield chunk;
    bytes += chunk.byteLength;
    if (bytes - told < REPORT_BYTES) continue;
    told = bytes;
    onBytes(bytes);
  }
}
