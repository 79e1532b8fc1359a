import { Readable } from 'node:stream';
import type { Context } from '@/lib/domain/context';
import { getFile } from '@/lib/domain/file/find-file';
import { openFile } from '@/lib/domain/file/open-file';
import { attachment } from './headers';
import { askedOf, etagOf } from './ranges';

/**
 * Responds with a stored file, or with a range of it. A browser must not render it as a page, so it is always an
 * attachment, without MIME sniffing, and sandboxed.
 * @throws DomainError `not-found`, `unavailable`
 */
export async function sendFile(context: Context, fileId: string, request: Request): Promise<Response> {
  const known = await getFile(context, fileId);
  const asked = askedOf(request.headers, known);
  const headers = new Headers({
    etag: etagOf(known),
    'accept-ranges': 'bytes',
    // A browser may cache the file, but must revalidate it for each use, because permissions may have changed.
    // It must not be compressed either: a part of a file is one of its own bytes.
    'cache-control': 'private, no-cache, no-transform',
  });
  if (asked.kind === 'unchanged') return new Response(null, { status: 304, headers });
  if (asked.kind === 'unsatisfiable') {
    headers.set('content-range', `bytes */${known.size}`);
    return new Response(null, { status: 416, headers });
  }
  const { file, stream } = await openFile(context, fileId, asked.kind === 'part' ? asked : undefined);
  const length = asked.kind === 'part' ? asked.end - asked.start + 1 : file.size;
  if (asked.kind === 'part') headers.set('content-range', `bytes ${asked.start}-${asked.end}/${file.size}`);
  headers.set('content-length', String(length));
  headers.set(
    'content-type',
    file.contentType.startsWith('text/') ? `${file.contentType}; charset=utf-8` : file.contentType,
  );
  headers.set('content-disposition', attachment(file.name));
  headers.set('content-security-policy', "sandbox; default-src 'none'");
  headers.set('x-content-type-options', 'nosniff');
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    status: asked.kind === 'part' ? 206 : 200,
    headers,
  });
}
