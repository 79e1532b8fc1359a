import { parentPort } from 'node:worker_threads';
import type { TrainReply, TrainRequest } from './processors/model-training/in-thread';
import { train } from './processors/model-training/train';
import { PermanentError } from './runtime/processor';

// A thread for one training: it computes without a pause, so only terminating the thread can end it.
parentPort?.once('message', async ({ bytes, options, reading }: TrainRequest) => {
  const say = (reply: TrainReply) => parentPort?.postMessage(reply);
  try {
    say({ type: 'done', ...(await train(bytes, options, reading, say)) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say({ type: 'error', message, code: error instanceof PermanentError ? error.code : undefined });
  }
});
