import { parentPort } from 'node:worker_threads';
import { extract } from './processors/document-processing/extract';
import type { ExtractReply, ExtractRequest } from './processors/document-processing/isolate';
import { PermanentError } from './runtime/processor';

// A thread of its own for one document after another: what blocks or fills the memory here can be ended from outside.
parentPort?.on('message', async (request: ExtractRequest) => {
  parentPort?.postMessage(await reply(request));
});

async function reply({ bytes, name, options }: ExtractRequest): Promise<ExtractReply> {
  try {
    return { document: await extract(bytes, name, options) };
  } catch (error) {
    // Error classes are lost between threads, so the code marks a permanent error.
    const message = error instanceof Error ? error.message : String(error);
    return { error: { message, code: error instanceof PermanentError ? error.code : undefined } };
  }
}
