import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startThread } from '@/lib/config/thread';
import type { Answer, Question } from './answer';

/** An error in an expression, which its author has to correct. A retry fails with the same error. */
export class ExpressionError extends Error {
  override name = 'ExpressionError';
  constructor(
    message: string,
    /** index of the expression, or of the item of a fan-out, from 0 */
    readonly item?: number,
  ) {
    super(message);
  }
}

export interface Limits {
  /** of each expression, in wall-clock milliseconds */
  eachMs: number;
  /** of all expressions together, in milliseconds */
  allMs?: number;
  /** maximum size of all results together, in characters of JSON, because the caller reads them at once */
  most?: number;
  signal?: AbortSignal;
  /** key of the round-robin: slow expressions of one owner do not block those of the others */
  owner: string;
}

/** Maximum size of an expression's input, in characters of JSON. */
export const MAX_INPUT = 32 * 1024 ** 2;
const MAX_HEAP_MB = 512;
/**
 * The evaluator checks its time limit between steps and then reports it. After this extra time a step that still runs
 * is terminated from here.
 */
const GRACE_MS = 250;
const MAX_THREADS = Math.max(1, Math.min(availableParallelism(), 4));

interface Thread {
  worker: Worker;
  /** incremented with each step of the thread */
  ticks: Int32Array;
}

const idle: Thread[] = [];
let threads = 0;
const waiting = new Map<string, (() => void)[]>();

/**
 * Evaluates in a thread that is terminated at the limit, so that no expression blocks the event loop or uses too much
 * memory.
 * @throws ExpressionError at a limit; the signal's reason
 */
export async function whileRunning(question: Question, limits: Limits): Promise<Answer> {
  const thread = await take(limits);
  let keep = false;
  try {
    const answer = await ask(thread, question, limits);
    keep = true;
    return answer;
  } finally {
    give(thread, keep);
  }
}

async function take({ owner, signal }: Limits): Promise<Thread> {
  while (idle.length === 0 && threads >= MAX_THREADS) {
    await new Promise<void>((resolve) => {
      const line = waiting.get(owner) ?? [];
      line.push(resolve);
      waiting.set(owner, line);
    });
    if (signal?.aborted) {
      wakeNext();
      throw signal.reason;
    }
  }
  const known = idle.pop();
  if (known) return known;
  threads += 1;
  return start();
}

function give(thread: Thread, keep: boolean): void {
  // Removed by name: to remove all listeners would also remove the worker's own ones, and it would receive no messages.
  for (const event of ['message', 'error', 'exit']) thread.worker.removeAllListeners(event);
  if (keep) {
    // An idle thread does not keep the process running. If it exits, it is removed from the pool.
    thread.worker.unref();
    thread.worker.once('error', () => undefined);
    thread.worker.once('exit', () => {
      const at = idle.indexOf(thread);
      if (at < 0) return;
      idle.splice(at, 1);
      threads -= 1;
    });
    idle.push(thread);
  } else {
    threads -= 1;
    thread.worker.on('error', () => undefined);
    // If `terminate` fails, the thread has already exited.
    thread.worker.terminate().catch(() => undefined);
  }
  wakeNext();
}

/** Wakes the next owner in turn (round-robin). */
function wakeNext(): void {
  const [next] = waiting;
  if (!next) return;
  const [owner, line] = next;
  const wake = line.shift();
  waiting.delete(owner);
  if (line.length > 0) waiting.set(owner, line);
  wake?.();
}

function ask({ worker, ticks }: Thread, question: Question, limits: Limits): Promise<Answer> {
  const { eachMs, allMs = Number.POSITIVE_INFINITY, signal } = limits;
  return new Promise((resolve, reject) => {
    const began = Date.now();
    let moved = began;
    const first = Atomics.load(ticks, 0);
    let seen = first;
    // The thread ticks once for the question, then before each expression.
    const which = () => (question.kind === 'evaluate' ? Math.max(0, Atomics.load(ticks, 0) - first - 2) : undefined);
    const failed = (message: string) => end(new ExpressionError(message, which()));
    const look = () => {
      const now = Date.now();
      const at = Atomics.load(ticks, 0);
      // The counter is 0 until a new thread has loaded its code, and loading does not count against the limit.
      if (at !== seen || at === 0) moved = now;
      seen = at;
      if (now - moved > eachMs + GRACE_MS) failed(`takes longer than ${eachMs / 1000} s`);
      else if (now - began > allMs) failed(`takes longer than ${allMs / 1000} s in all`);
    };
    const timer = setInterval(look, 50);
    const abort = () => end(signal?.reason);
    const settle = () => {
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
    };
    const end = (reason: unknown) => {
      settle();
      reject(reason);
    };
    worker.once('message', (answer: Answer) => {
      settle();
      resolve(answer);
    });
    worker.once('error', (error) =>
      isOutOfMemory(error) ? failed(`needs more than ${MAX_HEAP_MB} MB of memory`) : end(error),
    );
    worker.once('exit', (code) => end(new Error(`The thread that evaluates expressions ended with ${code}.`)));
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    worker.ref();
    worker.postMessage(question);
  });
}

const isOutOfMemory = (error: Error): boolean => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

function start(): Thread {
  const ticks = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB };
  const worker = startThread('expression-thread', { workerData: { ticks }, resourceLimits });
  return { worker, ticks };
}
