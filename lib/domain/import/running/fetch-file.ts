import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { storeFile } from '@/lib/domain/file/store-file';
import { openUrl } from '@/lib/domain/import/reading/open-url';
import type { TableFile } from '@/lib/domain/import/reading/read-rows';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import { OutboundError } from '@/lib/outbound/errors';
import type { WorkControl } from './import-work';

const TIMEOUT_MS = 60 * 60 * 1000;
const REPORT_BYTES = 1024 ** 2;

/**
 * Streams a file from a URL into storage. The address of every redirect is validated.
 * @throws ReadingError for a permanent error; OutboundError for one that a retry may avoid
 */
export async function fetchFile(context: Context, url: string, { signal, progress }: WorkControl): Promise<TableFile> {
  try {
    const { name, size, body } = await openUrl(url, { signal, timeoutMs: TIMEOUT_MS });
    const bytes = watched(body as AsyncIterable<Uint8Array>, (done) => progress(done, size, 'Fetching'));
    const file = await storeFile(context, { name, body: bytes });
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
