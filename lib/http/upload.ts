import { PassThrough, pipeline, Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { DomainError } from '@/lib/domain/errors';
import type { FileLimit } from '@/lib/domain/organization/limits/require-room';
import { bodyChunks, mediaType } from './body';
import { decodeName } from './headers';

export interface Upload {
  name: string;
  contentType?: string | undefined;
  body: AsyncIterable<Uint8Array>;
}

const MAX_FILES = 1_000;
const FIELD_BYTES = 64 * 1024;
/** maximum bytes of a form besides its files */
const FORM_BYTES = 1024 ** 2;

/**
 * Returns the files of an upload in order: the raw body with X-Filename, or the parts of a multipart form. The caller
 * must read each file to its end before it requests the next.
 * @throws DomainError the limit's error when Content-Length exceeds it, `invalid-request`
 */
export async function* uploads(request: Request, limit: FileLimit): AsyncGenerator<Upload> {
  const isForm = mediaType(request) === 'multipart/form-data';
  if (Number(request.headers.get('content-length') ?? 0) > limit.bytes + (isForm ? FORM_BYTES : 0))
    throw limit.refuse();
  if (isForm) {
    yield* parts(request);
    return;
  }
  yield {
    name: decodeName(request.headers.get('x-filename') ?? 'upload'),
    contentType: mediaType(request) || undefined,
    body: bodyChunks(request),
  };
}

async function* parts(request: Request): AsyncGenerator<Upload> {
  const parser = openParser(request);
  const source = Readable.from(bodyChunks(request));
  const found = new Readable({ objectMode: true, read: () => undefined });
  let current: PassThrough | undefined;
  const end = (error?: Error | null) => {
    if (!error) return;
    current?.destroy(error);
    found.destroy(error);
  };
  parser.on('file', (_field, stream, filename, _encoding, mimeType) => {
    // An aborted body may fail before the file is read. Without a listener, this error would end the process.
    const body = new PassThrough();
    body.on('error', () => undefined);
    pipeline(stream, body, () => undefined);
    current = body;
    // A quote would end the name, so browsers encode it as %22: https://html.spec.whatwg.org/#multipart-form-data
    const name = (filename || 'upload').replaceAll('%22', '"');
    found.push({ name, contentType: mimeType, body: explained(body) } satisfies Upload);
  });
  parser.on('finish', () => found.push(null));
  parser.on('error', end);
  found.on('error', () => undefined);
  pipeline(source, parser, end);
  try {
    yield* found as AsyncIterable<Upload>;
  } catch (error) {
    throw asRefusal(error);
  } finally {
    end(new Error('the upload is not read any further'));
    source.destroy();
  }
}

function openParser(request: Request): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      limits: { files: MAX_FILES, fieldSize: FIELD_BYTES, fields: MAX_FILES },
    });
  } catch (error) {
    throw asRefusal(error);
  }
}

async function* explained(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw asRefusal(error);
  }
}

const asRefusal = (cause: unknown): unknown =>
  cause instanceof Error && /multipart|boundary|part terminated|form/i.test(cause.message)
    ? new DomainError('invalid-request', `The multipart body is broken: ${cause.message}.`, { cause })
    : cause;
