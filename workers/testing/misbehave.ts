import { setTimeout as sleep } from 'node:timers/promises';
import { definitionOf } from '@/lib/job-types/catalogue';
import { processDiagnostic } from '@/workers/processors/diagnostic';
import type { ProcessorContext } from '@/workers/runtime/processor';

// Preloaded by the consumers of a test only: a diagnostic job whose payload is one of these words runs a faulty
// processor. All other code is the product's.
const TIMEOUT_MS = 1500;
/** longer than the abort grace period */
const DEAF_MS = 8000;

type Misbehavior = (job: ProcessorContext<'diagnostic'>) => Promise<{ attempt: number }>;

const WAYS = new Map<unknown, Misbehavior>([
  ['never returns', () => new Promise(() => undefined)],
  [
    'is deaf',
    async ({ attempt, log }) => {
      log('info', 'it begins');
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
// The job that ignores its signal is cancelled long before; only the one that never returns reaches this limit.
definition.defaults = { ...definition.defaults, timeoutMs: TIMEOUT_MS };
