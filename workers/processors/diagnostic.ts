import { setTimeout as sleep } from 'node:timers/promises';
import type { Processor } from '@/workers/runtime/processor';

/** Simulates load and faults: waits, computes, reports steps, then ends as its input specifies. */
export const processDiagnostic: Processor<'diagnostic'> = async (job) => {
  const { data, attempt, log, warn, cost, updateProgress } = job;
  const { durationMs = 0, cpuMs = 0, steps = 0, outcome = 'complete', warnings = 0, tokens, usd, payload } = data;
  const slices = Math.max(steps, 1);
  for (let step = 1; step <= slices; step += 1) {
    if (durationMs > 0) await sleep(durationMs / slices, undefined, { signal: job.signal });
    if (cpuMs > 0) burn(cpuMs / slices);
    if (steps > 0) {
      updateProgress(step, steps, `step ${step} of ${steps}`);
      log('info', `step ${step} of ${steps}`);
      // Yields to the event loop between computing steps, so that a cancel can be received.
      await sleep(0, undefined, { signal: job.signal });
    }
  }
  for (let i = 1; i <= warnings; i += 1) warn('configured', `warning ${i} of ${warnings}, as configured`);
  if (tokens !== undefined || usd !== undefined) cost({ tokens, usd });
  if (outcome === 'crash') process.kill(process.pid, 'SIGKILL');
  if (outcome === 'fail') throw new Error('failed as configured');
  if (outcome === 'fail-once' && attempt === 1) throw new Error('failed as configured, on the first attempt');
  return { ...(payload === undefined ? {} : { payload }), attempt };
};

/** Computes without a pause, like a parser or a model. */
function burn(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
