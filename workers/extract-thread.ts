import { parentPort } from 'node:worker_threads';
import { extract } from './processors/document-processing/extract';
import type { ExtractReply, ExtractRequest } from './processors/document-processing/isolate';
import { PermanentError } from './runtime/processor';

// A thread of its own for one document after another: what blocks or fills the memory here can be ended from outside.
parentPort?.on('message', async ({ bytes, name }: ExtractRequest) => {
  parentPort?.postMessage(await reply(bytes, name));
});

async function reply(bytes: Uint8Array, name: string): Promise<ExtractReply> {
  try {
    return { document: await extract(bytes, name) };
  } catch (error) {
    // Classes don't survive the way between threads: the code tells a permanent error.
    const message = error instanceof Error ? error.message : String(error);
    return { error: { message, code: error instanceof PermanentError ? error.code : undefined } };
  }
}
