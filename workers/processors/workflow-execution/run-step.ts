import type { FlowNodeBody, FlowSummaryDto } from '@/lib/contracts/flow';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { ExpressionError } from '@/lib/domain/expression/threads';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { getFlowSummary } from '@/lib/domain/flow/get-flow';
import { readStepResults, runStepFlow } from '@/lib/domain/workflow/run-step-flow';
import type { OutputOf } from '@/lib/job-types/catalogue';
import { BEAR, MAX_FAN_OUT, type WorkflowStep } from '@/lib/job-types/workflow-execution';
import { pause } from '@/lib/outbound/pause';
import { PermanentError, type ProcessorContext } from '@/workers/runtime/processor';
import { evaluate, fill, fillEach, type Scope } from './evaluate';

type Job = ProcessorContext<'workflow-execution'>;
type Summary = OutputOf<'workflow-execution'>['steps'][number];

export interface StepOutcome extends Summary {
  output: unknown;
}

/** Runs one step: evaluates its condition and inputs, runs its jobs as a flow, and returns their results. */
export async function runStep(
  job: Job,
  step: WorkflowStep,
  scope: Scope,
  onProgress: (done: number, total: number) => void,
): Promise<StepOutcome> {
  const nothing = { id: step.id, jobs: 0, failed: 0, flowId: null };
  const at = async <T>(what: string, work: Promise<T>): Promise<T> =>
    work.catch((cause) => {
      if (!(cause instanceof ExpressionError)) throw cause;
      const where = cause.item === undefined ? what : `${what} (item ${cause.item})`;
      throw new PermanentError(`${step.id}.${where}: ${cause.message}`, 'invalid-step', { cause });
    });
  if (step.when !== undefined && !truthy(await at('when', evaluate(job, step.when, scope)))) {
    job.log('info', `${step.id}: skipped, its condition is not true.`);
    return { ...nothing, status: 'skipped', output: null };
  }
  const items =
    step.forEach === undefined ? undefined : listOf(step, await at('forEach', evaluate(job, step.forEach, scope)));
  if (items?.length === 0) {
    job.log('info', `${step.id}: its list is empty.`);
    return { ...nothing, status: 'completed', output: [] };
  }
  const inputs = items
    ? await at('input', fillEach(job, step.input, scope, items))
    : [await at('input', fill(job, step.input, scope))];
  return await perform(job, step, treeOf(job, step, inputs, items !== undefined), onProgress);
}

const truthy = (value: unknown): boolean =>
  value !== null && value !== false && value !== 0 && value !== '' && !isEmpty(value);
const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function listOf(step: WorkflowStep, value: unknown): unknown[] {
  const items = value === null ? [] : Array.isArray(value) ? value : [value];
  if (items.length <= MAX_FAN_OUT) return items;
  throw new PermanentError(
    `${step.id}.forEach gives ${items.length} items; at most ${MAX_FAN_OUT} are taken.`,
    'invalid-step',
  );
}

/** Builds a flow of one job, or of a job for each item under one that collects the results. */
function treeOf(job: Job, step: WorkflowStep, inputs: unknown[], fan: boolean): FlowNodeBody {
  const name = `${job.data.name ?? 'Workflow'} · ${step.id}`.slice(0, 190);
  const opts = { priority: step.priority, attempts: step.attempts, backoff: step.backoff };
  const own = Object.fromEntries(Object.entries(opts).filter(([, value]) => value !== undefined));
  if (!fan) return { name, type: step.type, data: inputs[0], opts: own };
  const onFailure = step.onFailure === 'continue' ? BEAR : ('fail-parent' as const);
  const children = inputs.map((data, i) => ({
    name: `${name} ${i + 1}`,
    type: step.type,
    data,
    opts: { ...own, onFailure },
  }));
  return { name, type: 'collect', data: {}, children };
}

async function perform(
  job: Job,
  step: WorkflowStep,
  tree: FlowNodeBody,
  onProgress: (done: number, total: number) => void,
): Promise<StepOutcome> {
  const context = systemContext(job.organizationId);
  const { flowId, found } = await runStepFlow(context, job.jobId, step.id, tree, job.correlationId).catch(
    explained(step),
  );
  const count = tree.children?.length ?? 1;
  job.log(
    'info',
    `${step.id}: ${count === 1 ? 'a job' : `${count} jobs`} of ${step.type}${found ? ', as begun before' : ''} (flow ${flowId}).`,
  );
  const flow = await flowEnded(job, flowId, (f) => onProgress(f.total - openJobs(f), f.total));
  const results = await readStepResults(context, flowId);
  if (!results)
    throw new PermanentError(`${step.id}: its results are larger than a workflow can hold.`, 'workflow-too-large');
  const jobs = tree.children ? results.filter((r) => r.depth === 1) : results.filter((r) => r.depth === 0);
  const bad = jobs.filter((r) => r.outcome !== 'completed');
  const broken = flow.status !== 'completed' && bad.length === 0;
  if ((bad.length > 0 || broken) && step.onFailure === 'fail') {
    const why = (bad[0] ?? results[0])?.error?.message ?? `it was ${flow.status}`;
    throw new PermanentError(
      `${step.id}: ${bad.length > 1 ? `${bad.length} of ${count} jobs failed, the first: ` : ''}${why}`,
      'step-failed',
    );
  }
  const outputs = jobs.map((r) => (r.outcome === 'completed' ? r.result : null));
  const status = bad.length === 0 ? 'completed' : bad.length === jobs.length ? 'failed' : 'partial';
  return {
    id: step.id,
    status,
    jobs: jobs.length,
    failed: bad.length,
    flowId,
    output: tree.children ? outputs : (outputs[0] ?? null),
  };
}

const explained =
  (step: WorkflowStep) =>
  (cause: unknown): never => {
    if (!(cause instanceof DomainError)) throw cause;
    const details = cause.errors?.map(({ path, message }) => `${path} ${message}`).slice(0, 5) ?? [];
    throw new PermanentError(`${step.id}: ${[cause.message, ...details].join(' ')}`, 'invalid-step', { cause });
  };

/** The number of unfinished jobs of a flow. */
const openJobs = (flow: FlowSummaryDto): number =>
  flow.counts.pending + flow.counts.delayed + flow.counts.active + flow.counts['waiting-children'];

const WAIT_MS = { first: 50, most: 2000 };

/** Waits for the end of a flow. If the workflow is cancelled, the flow is cancelled too. */
async function flowEnded(job: Job, flowId: string, onLook: (flow: FlowSummaryDto) => void): Promise<FlowSummaryDto> {
  const context = systemContext(job.organizationId);
  let wait = WAIT_MS.first;
  let seen = -1;
  try {
    for (;;) {
      const flow = await getFlowSummary(context, flowId);
      if (openJobs(flow) !== seen) onLook(flow);
      if (flow.finishedAt !== null) return flow;
      // The polling interval is short while jobs end, and grows while none does.
      wait = openJobs(flow) === seen ? Math.min(wait * 1.5, WAIT_MS.most) : WAIT_MS.first;
      seen = openJobs(flow);
      await pause(wait, job.signal);
    }
  } catch (error) {
    if (job.signal.aborted) {
      await cancelFlow(context, flowId, { force: true }).catch((refusal) => {
        // The flow has ended in the meantime, so there is nothing to cancel.
        if (!(refusal instanceof DomainError)) throw refusal;
      });
      job.log('info', `Cancelled the flow ${flowId}.`);
    }
    throw error;
  }
}
