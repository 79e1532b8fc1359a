import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { definitionOf } from '@/lib/job-types/catalogue';
import { processCollect } from '@/workers/processors/collect';
import { processDiagnostic } from '@/workers/processors/diagnostic';
import type { ProcessorContext } from '@/workers/runtime/processor';

// Preloaded by the consumers of a test only: a diagnostic job whose payload is one of these words, and a collect job
// whose field is NEVER_RETURNS, runs a faulty processor. All other code is the product's.
const NEVER_RETURNS = 'never returns';
const TIMEOUT_MS = 1500;
/** from the abort on; longer than the abort grace period of these tests */
const DEAF_MS = 1500;

type Misbehavior = (job: ProcessorContext<'diagnostic'>) => Promise<{ attempt: number }>;

const WAYS = new Map<unknown, Misbehavior>([
  [
    'is deaf',
    async ({ attempt, log, signal }) => {
      log('info', 'it begins');
      if (!signal.aborted) await once(signal, 'abort');
      await sleep(DEAF_MS);
      log('info', 'it ends too late');
      return { attempt };
    },
  ],
  [
    'eats memory',
    () => {
      const eaten: number[][] = [];
      for (;;) eaten.push(new Array<number>(1_000_000).fill(eaten.length + 0.5));
    },
  ],
]);

const definition = definitionOf('diagnostic');
// Like a type with a `run` function in its definition.
Object.assign(definition, {
  run: (job: ProcessorContext<'diagnostic'>) => (WAYS.get(job.data.payload) ?? processDiagnostic)(job),
});

// A type of its own: the limit must not reach the job that ignores its signal before the test cancels it.
const limited = definitionOf('collect');
Object.assign(limited, {
  defaults: { ...limited.defaults, timeoutMs: TIMEOUT_MS },
  run: (job: ProcessorContext<'collect'>) =>
    job.data.field === NEVER_RETURNS ? new Promise(() => undefined) : processCollect(job),
});
