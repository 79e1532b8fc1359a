import { MAX_SHEET_ROWS } from '@/lib/contracts/bounds';
import { DomainError } from '@/lib/domain/errors';
import { attachment } from '@/lib/http/headers';

const MEDIA = {
  jsonl: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  zip: 'application/zip',
} as const;

/** @throws DomainError `payload-too-large` if there are more rows than XLSX can contain */
export function requireSheet(rows: number): void {
  if (rows <= MAX_SHEET_ROWS) return;
  throw new DomainError(
    'payload-too-large',
    `XLSX holds at most ${MAX_SHEET_ROWS} rows and this has ${rows}. Take CSV.`,
  );
}

/** Returns a body with backpressure. Its source stops when the client disconnects. */
function streamBody(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

/** Returns a response with a file that is generated while it is sent. */
export const download = (
  body: AsyncGenerator<Uint8Array>,
  format: keyof typeof MEDIA,
  name: string,
  headers: Record<string, string> = {},
): Response =>
  new Response(streamBody(body), {
    headers: {
      ...headers,
      'content-type': MEDIA[format],
      // A batch name must not act as a path.
      'content-disposition': attachment(name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '_')),
      'x-content-type-options': 'nosniff',
    },
  });
