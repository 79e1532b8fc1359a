import { ExpressionError } from '@/lib/domain/expression/threads';
import { dependenciesOf } from '@/lib/job-types/workflow/check';
import { PermanentError, type Processor } from '@/workers/runtime/processor';
import { leaveQuarantine } from './leave-quarantine';
import { type Evaluating, fill, type Scope } from './workflow-execution/evaluate';
import { runStep, type StepOutcome } from './workflow-execution/run-step';

/**
 * Runs the steps of a workflow, each as soon as the steps that it reads have ended. A later attempt finds the results
 * of earlier steps, so a restart or a retry continues there.
 */
export const processWorkflow: Processor<'workflow-execution'> = async (job) => {
  await leaveQuarantine(job);
  const { steps, input, output } = job.data;
  const needs = dependenciesOf(steps);
  const scope: Scope = { input: input ?? null, steps: {} };
  const outcomes = new Map<string, StepOutcome>();
  const stopped = new AbortController();
  const inner = { ...job, signal: AbortSignal.any([job.signal, stopped.signal]) };
  const running = new Map<string, Promise<void>>();
  const say = (what: string) => job.updateProgress(outcomes.size, steps.length, what);

  const begin = (id: string) => {
    const step = steps.find((s) => s.id === id);
    if (!step) return;
    const report = (done: number, total: number) => say(total > 1 ? `${id}: ${done} of ${total}` : id);
    const run = runStep(inner, step, scope, report).then((outcome) => {
      outcomes.set(id, outcome);
      scope.steps[id] = { status: outcome.status, output: outcome.output };
      running.delete(id);
      say(`${id}: ${outcome.status}`);
    });
    running.set(id, run);
  };
  const ready = () =>
    steps.filter(
      ({ id }) => !outcomes.has(id) && !running.has(id) && [...(needs.get(id) ?? [])].every((n) => outcomes.has(n)),
    );

  say('Starting');
  try {
    while (outcomes.size < steps.length) {
      for (const { id } of ready()) begin(id);
      await Promise.race(running.values());
    }
  } catch (error) {
    // One step failed finally. The parallel steps are cancelled, and awaited so that none runs on in the background.
    stopped.abort(error);
    await Promise.allSettled(running.values());
    throw error;
  }
  return {
    output: output === undefined ? outputsOf(outcomes) : await filled(job, output, scope),
    steps: steps.map(({ id }) => {
      const { output: _, ...summary } = outcomes.get(id) as StepOutcome;
      return summary;
    }),
  };
};

const outputsOf = (outcomes: Map<string, StepOutcome>): Record<string, unknown> =>
  Object.fromEntries([...outcomes].map(([id, { output }]) => [id, output]));

function filled(job: Evaluating, output: unknown, scope: Scope): Promise<unknown> {
  return fill(job, output, scope).catch((cause) => {
    if (!(cause instanceof ExpressionError)) throw cause;
    throw new PermanentError(`output: ${cause.message}`, 'invalid-step', { cause });
  });
}
