import { parentPort, workerData } from 'node:worker_threads';
import { Answerer, type Question } from '@/lib/domain/expression/answer';

// Evaluates one expression after another in a thread: an endless or memory-exhausting expression is ended by
// terminating the thread (lib/domain/expression/threads.ts).
const { ticks } = workerData as { ticks: Int32Array };
const tick = () => Atomics.add(ticks, 0, 1);
const answerer = new Answerer(tick);

parentPort?.on('message', async (question: Question) => {
  tick();
  parentPort?.postMessage(await answerer.answer(question));
});
