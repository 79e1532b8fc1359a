import { parentPort, workerData } from 'node:worker_threads';
import { Answerer, type Question } from '@/lib/domain/expression/answer';

// A thread for one question after another: an expression that computes without end, or fills the memory, is ended
// with it from outside (lib/domain/expression/threads.ts).
const { ticks } = workerData as { ticks: Int32Array };
const tick = () => Atomics.add(ticks, 0, 1);
const answerer = new Answerer(tick);

parentPort?.on('message', async (question: Question) => {
  tick();
  parentPort?.postMessage(await answerer.answer(question));
});
