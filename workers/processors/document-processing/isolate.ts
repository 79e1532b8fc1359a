import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startThread } from '@/lib/config/thread';
import { PermanentError } from '@/workers/runtime/processor';
import { detect } from './detect';
import { extract } from './extract';
import type { Format, ParsedDocument, ReadOptions } from './parsed';

export interface ExtractRequest {
  bytes: Uint8Array;
  name: string;
  options: ReadOptions;
}

export type ExtractReply = { document: ParsedDocument } | { error: { message: string; code?: string | undefined } };

/** Documents below these limits are parsed within milliseconds, which costs less than a thread. */
const SMALL: Partial<Record<Format, number>> = {
  text: 256 * 1024,
  markdown: 16 * 1024,
  html: 16 * 1024,
  xml: 16 * 1024,
  svg: 16 * 1024,
  rtf: 16 * 1024,
};
/** Some parsers need quadratic time for malicious input. */
const MAX_READ_MS = 5 * 60 * 1000;
const MAX_HEAP_MB = 768;
const MAX_IDLE = Math.max(1, Math.min(availableParallelism(), 4));

const idle: Worker[] = [];

/**
 * Like `extract`, but parses large documents and those with expensive parsers in a thread. The event loop stays free to
 * renew the locks of other jobs, an abort takes effect at once, and time and memory are limited.
 */
export async function extractIsolated(
  bytes: Uint8Array,
  name: string,
  signal: AbortSignal,
  options: ReadOptions = {},
  maxMs = MAX_READ_MS,
): Promise<ParsedDocument> {
  const format = await detect(bytes, name);
  if (bytes.length <= (SMALL[format] ?? 0)) return extract(bytes, name, options);
  const timeout = AbortSignal.timeout(maxMs);
  const reply = await ask(idle.pop() ?? start(), { bytes, name, options }, AbortSignal.any([signal, timeout])).catch(
    (error) => {
      throw error === timeout.reason ? tooComplex(maxMs) : error;
    },
  );
  if ('document' in reply) return reply.document;
  const { message, code } = reply.error;
  throw code === undefined ? new Error(message) : new PermanentError(message, code);
}

const start = (): Worker => startThread('extract-thread', { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });

const tooComplex = (ms: number) =>
  new PermanentError(`Reading the document took longer than ${ms / 1000} s.`, 'document-too-complex');

function ask(worker: Worker, { bytes, name, options }: ExtractRequest, signal: AbortSignal): Promise<ExtractReply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', abort);
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      act();
    };
    const end = (reason: unknown) => {
      settle(() => reject(reason));
      // A thread that cannot be terminated has exited already.
      worker.terminate().catch(() => undefined);
    };
    const abort = () => end(signal.reason);
    worker.on('message', (reply: ExtractReply) => {
      settle(() => resolve(reply));
      release(worker);
    });
    worker.on('error', (error) => end(explained(error)));
    worker.on('exit', (code) => end(new Error(`The thread that read the document ended with ${code}.`)));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    worker.ref();
    // The buffer is transferred without a copy, unless it shares its memory with others, as small Node buffers do.
    const own = ownsItsMemory(bytes) ? bytes : new Uint8Array(bytes);
    worker.postMessage({ bytes: own, name, options } satisfies ExtractRequest, [own.buffer]);
  });
}

const ownsItsMemory = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;

function explained(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new PermanentError(
      `Reading the document needs more than ${MAX_HEAP_MB} MB of memory.`,
      'document-too-large',
    );
  }
  return error;
}

/** An idle thread waits for the next document and does not keep the process alive. */
function release(worker: Worker): void {
  if (idle.length >= MAX_IDLE) {
    worker.terminate().catch(() => undefined);
    return;
  }
  worker.unref();
  worker.once('error', () => forget(worker));
  worker.once('exit', () => forget(worker));
  idle.push(worker);
}

function forget(worker: Worker): void {
  const at = idle.indexOf(worker);
  if (at >= 0) idle.splice(at, 1);
}
