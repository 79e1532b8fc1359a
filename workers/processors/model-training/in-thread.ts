import { startThread } from '@/lib/config/thread';
import { PermanentError } from '@/workers/runtime/processor';
import type { Model } from './model';
import type { TableReading } from './read-table';
import type { Report, Trained, TrainingOptions } from './train';

export interface TrainRequest {
  bytes: Uint8Array;
  options: TrainingOptions;
  reading: TableReading;
}

export type TrainReply =
  | Report
  | { type: 'done'; model: Model; trained: Trained }
  | { type: 'error'; message: string; code?: string | undefined };

const MAX_HEAP_MB = 4096;

/** Trains in a separate thread, so that other jobs continue and an abort takes effect within an epoch. */
export function trainInThread(
  bytes: Uint8Array<ArrayBuffer>,
  options: TrainingOptions,
  reading: TableReading,
  signal: AbortSignal,
  report: (what: Report) => void,
): Promise<{ model: Model; trained: Trained }> {
  const worker = startThread('train-thread', { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
  return new Promise<{ model: Model; trained: Trained }>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    worker.on('message', (reply: TrainReply) => {
      if (reply.type === 'done') resolve(reply);
      else if (reply.type === 'error') reject(failure(reply));
      else report(reply);
    });
    worker.on('error', (error) => reject(explained(error)));
    worker.on('exit', (code) => reject(new Error(`The thread that trained ended with ${code}.`)));
    worker.postMessage({ bytes, options, reading } satisfies TrainRequest, [bytes.buffer]);
  }).finally(() => worker.terminate());
}

const failure = ({ message, code }: { message: string; code?: string | undefined }): Error =>
  code === undefined ? new Error(message) : new PermanentError(message, code);

function explained(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new PermanentError(`The training needs more than ${MAX_HEAP_MB} MB of memory.`, 'data-set-too-large');
  }
  return error;
}
