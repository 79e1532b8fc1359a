import { isAscii } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventLoop } from '@/lib/config/event-loop';
import { isBlankJson } from '@/lib/contracts/json';
import { DomainError } from '@/lib/domain/errors';
import { parseLongJson } from './json';
import { DATA_VALUES } from './limits';

/** Returns the media type without parameters: `text/csv; charset=utf-8` → `text/csv`; empty if there is none. */
export const mediaType = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Media types that clients use for a body with one JSON value per line. */
export const JSON_LINES = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
];

/** @throws DomainError `unsupported-media-type` for compressed bodies and for charsets other than UTF-8 */
export function requirePlain(request: Request): void {
  const encoding = request.headers.get('content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity') {
    throw new DomainError(
      'unsupported-media-type',
      `Bodies with content-encoding ${encoding} are not read; send it uncompressed.`,
    );
  }
  const charset = /charset="?([\w-]+)/i.exec(request.headers.get('content-type') ?? '')?.[1];
  if (charset && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new DomainError('unsupported-media-type', `Send the body as UTF-8, not as ${charset}.`);
  }
}

const hashes = new WeakMap<Request, Hash>();

/** Starts the hash of a request with an Idempotency-Key: method, address, media type. The body is added when read. */
function hashOf(request: Request): Hash | undefined {
  if (!request.headers.has('idempotency-key')) return undefined;
  let hash = hashes.get(request);
  if (!hash) {
    const { pathname, search } = new URL(request.url);
    const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    hash = createHash('sha256').update(`${request.method} ${pathname}${search}\n${type}\n`);
    hashes.set(request, hash);
  }
  return hash;
}

/** Returns the chunks of a body as they arrive. For a request with an Idempotency-Key it adds them to the hash. */
export async function* bodyChunks(request: Request): AsyncGenerator<Uint8Array> {
  if (!request.body) return;
  const hash = hashOf(request);
  const reader = request.body.getReader();
  const eventLoop = new EventLoop();
  try {
    for (;;) {
      // Buffered chunks resolve as microtasks, so other requests would not run in between.
      if (eventLoop.due) await eventLoop.yield();
      const { done, value } = await reader.read();
      if (done) return;
      hash?.update(value);
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

/** Returns the hash of a request with an Idempotency-Key. It first reads a body that no handler has read. */
export async function requestHash(request: Request): Promise<string> {
  if (request.body && !request.body.locked) for await (const _ of bodyChunks(request));
  return hashOf(request)?.copy().digest('base64url') ?? '';
}

const tooLarge = (limit: number) =>
  new DomainError('payload-too-large', `The body is larger than the ${Math.round(limit / 1024)} KiB allowed here.`);

/**
 * Reads a whole body as text; `limit` in bytes.
 * @throws DomainError `payload-too-large`, `invalid-request` when it is not UTF-8
 */
export async function readText(request: Request, limit: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bodyChunks(request)) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  // The same text in half the time.
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DomainError('invalid-request', 'The body is not valid UTF-8.', { cause });
  }
}

/**
 * Reads a JSON body of at most `limit` bytes; undefined when it is empty.
 * @throws DomainError `unsupported-media-type`, `payload-too-large`, `invalid-json`
 */
export async function readJson(request: Request, limit: number, maxValues = DATA_VALUES): Promise<unknown> {
  const type = mediaType(request);
  requirePlain(request);
  const isJson = type === 'application/json' || type.endsWith('+json');
  if (type && !isJson) {
    throw new DomainError('unsupported-media-type', `Send application/json, not ${type}.`);
  }
  const text = await readText(request, limit);
  await nextTurn();
  if (isBlankJson(text)) return undefined;
  if (!isJson) throw new DomainError('unsupported-media-type', 'Say content-type: application/json.');
  return parseLongJson(text, 'The body', maxValues);
}
