import { on } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { DomainError } from '@/lib/domain/errors';
import { bodyChunks, mediaType } from './body';
import { decodeName } from './headers';

export interface Upload {
  name: string;
  contentType?: string;
  body: AsyncIterable<Uint8Array>;
}

const MAX_FILES = 1_000;
const FIELD_BYTES = 64 * 1024;

/**
 * The files of an upload, one after the other: the raw body with X-Filename, or the parts of a multipart form.
 * Each must be read to its end before the next is asked for.
 */
export async function* uploads(request: Request): AsyncGenerator<Upload> {
  if (mediaType(request) === 'multipart/form-data') {
    yield* parts(request);
    return;
  }
  yield {
    name: decodeName(request.headers.get('x-filename') ?? 'upload'),
    contentType: mediaType(request) || undefined,
    body: bodyChunks(request),
  };
}

type FileEvent = [field: string, stream: BusboyFileStream, filename: string, encoding: string, mimeType: string];

async function* parts(request: Request): AsyncGenerator<Upload> {
  const parser = openParser(request);
  const source = Readable.from(bodyChunks(request));
  const found = on(parser, 'file', { close: ['finish'] });
  // Errors reach the loop through the parser; pipeline only closes both ends.
  pipeline(source, parser, () => undefined);
  try {
    for await (const [, stream, filename, , mimeType] of found as AsyncIterable<FileEvent>) {
      yield { name: filename || 'upload', contentType: mimeType, body: explained(stream) };
    }
  } catch (error) {
    throw asRefusal(error);
  } finally {
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
