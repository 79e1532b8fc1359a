import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { env } from '@/lib/config/env';
import type { Answer, Question } from './answer';

/** What an expression gets wrong: for its author to correct, and the same however often it is tried. */
export class ExpressionError extends Error {
  override name = 'ExpressionError';
  constructor(
    message: string,
    /** which expression it was, or which item of a fan-out, from 0 */
    readonly item?: number,
  ) {
    super(message);
  }
}

export interface Limits {
  /** of each expression, by the clock */
  eachMs: number;
  /** of all of them together */
  allMs?: number;
  /** characters of JSON that they may make together: who asked reads them in one go */
  most?: number;
  signal?: AbortSignal;
  /** whose they are: owners take turns, so that one's slow expressions hold up no other's */
  owner: string;
}

/** Characters of JSON that an expression may see. */
export const MAX_INPUT = 32 * 1024 ** 2;
const MAX_HEAP_MB = 512;
/** The evaluator looks at its clock between steps and then says so itself; what it does in one step is ended from here. */
const GRACE_MS = 250;
const MAX_THREADS = Math.max(1, Math.min(availableParallelism(), 4));

interface Thread {
  worker: Worker;
  /** counts up with each step of the thread */
  ticks: Int32Array;
}

const idle: Thread[] = [];
let threads = 0;
const waiting = new Map<string, (() => void)[]>();

/**
 * Has a question answered by a thread that is ended at the limit, so that no expression holds the event loop, whatever
 * it computes and however much memory it takes.
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
  // By name: without its own listeners a worker hears nothing any more.
  for (const event of ['message', 'error', 'exit']) thread.worker.removeAllListeners(event);
  if (keep) {
    // It keeps no process alive while it waits, and is forgotten when it ends by itself.
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
    // A thread that can't be ended is gone already.
    thread.worker.terminate().catch(() => undefined);
  }
  wakeNext();
}

/** Owners take turns. */
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
      // The first tick comes when a new thread has loaded its code.
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
  // The dashboard is bundled by Next, which knows nothing of threads: every process finds it from the root.
  const { NODE_ENV } = env();
  const inDist = process.argv[1]?.startsWith(join(process.cwd(), 'dist')) ?? false;
  const compiled = NODE_ENV === 'production' || (NODE_ENV === 'test' && inDist);
  const file = compiled ? ['dist', 'workers', 'expression-thread.js'] : ['workers', 'expression-thread.ts'];
  const url = JSON.stringify(pathToFileURL(join(process.cwd(), ...file)).href);
  const load = compiled
    ? `import(${url});`
    : `import('tsx/esm/api').then(({ register }) => { register(); return import(${url}); });`;
  const worker = new Worker(load, {
    eval: true,
    execArgv: [],
    workerData: { ticks },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  return { worker, ticks };
}
