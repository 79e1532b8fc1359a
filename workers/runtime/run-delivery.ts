import { context, trace } from '@opentelemetry/api';
import { logger } from '@/lib/config/logger';
import type { JobProgress, ProgressChart } from '@/lib/contracts/job';
import { childrenOf } from '@/lib/domain/flow/read-children';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import type { Outcome } from '@/lib/domain/job/record-outcomes';
import { attemptOutcome, endAttemptSpan, startAttemptSpan } from '@/lib/domain/monitoring/trace-attempt';
import { definitionOf } from '@/lib/job-types/catalogue';
import { workOf } from '@/workers/registry';
import { boundedChart } from './chart';
import type { Claimer } from './claimer';
import { enterCurrent } from './current';
import { ended } from './ended';
import { filesOf } from './files';
import type { Notes } from './notes';
import type { Outbox } from './outbox';
import type { Recorder } from './recorder';
import type { Entry, Running } from './running';
import { Warnings } from './warnings';

export interface Runtime {
  claim: Claimer;
  recorder: Recorder;
  notes: Notes;
  outbox: Outbox;
  running: Running;
  /** the work itself, where a program brings its own; else the type's processor */
  processor?: (context: never) => Promise<unknown>;
  /** somebody outside who wants to know how far the attempt is */
  onProgress?: (reached: JobProgress) => void;
}

/** Tells the queue to deliver the same job again after a time that the row already says. */
export class AgainLater extends Error {
  override name = 'AgainLater';
  constructor(
    readonly delayMs: number,
    /** whether the queue counts the attempt too */
    readonly counts: boolean,
  ) {
    super('the row waits for another attempt');
  }
}

/** How long a processor may go on after its signal was aborted. */
const ABORT_GRACE_MS = 5000;

/**
 * Runs one delivery: claim the row, do the work, record the outcome, and only then let the queue forget it.
 * @throws AgainLater when the row waits for another attempt
 */
export async function runDelivery(
  runtime: Runtime,
  jobId: string,
  redelivered: boolean,
  correlationId?: string,
): Promise<void> {
  const claim = await runtime.claim({ id: jobId, redelivered });
  if (!claim) return;
  if ('earlyMs' in claim) throw new AgainLater(claim.earlyMs, false);
  // A child of a batch has none of its own.
  claim.correlation_id ??= correlationId ?? null;
  runtime.outbox.jobStarted(claim.id, claim.batch_id, claim.flow_id);
  const entry = runtime.running.enter(claim.id, claim.batch_id);
  const span = startAttemptSpan(claim);
  const outcome = span
    ? await context.with(trace.setSpan(context.active(), span), () => attempt(runtime, claim, entry))
    : await attempt(runtime, claim, entry);
  await runtime.notes.finish(claim.id);
  const status = await runtime.recorder.record(outcome);
  runtime.running.leave(claim.id, entry);
  if (span) endAttemptSpan(span, attemptOutcome(outcome.kind, status), outcome.error);
  if ((outcome.kind !== 'retry' && outcome.kind !== 'defer') || status === 'failed') return;
  // No status: the statement was repeated after a lost answer, or a newer attempt owns the row. Delivering again
  // is right in the first case and harmless in the second.
  throw new AgainLater(outcome.delayMs ?? 0, outcome.kind === 'retry');
}

/** A line of an attempt: for the job's own log, for its span where there is one, and for ours while it is verbose. */
function say(claim: Claim, notes: Notes, level: 'debug' | 'info' | 'warn' | 'error', message: string): void {
  const { id: jobId, attempt, correlation_id: correlationId } = claim;
  notes.log(jobId, attempt, level, message);
  trace.getActiveSpan()?.addEvent('log', { level, message });
  if (logger.isLevelEnabled('debug')) logger.debug({ jobId, attempt, correlationId, said: level }, message);
}

/** Does the work of one attempt and says how it ended; never throws. */
async function attempt(
  { notes, outbox, processor, onProgress }: Runtime,
  claim: Claim,
  entry: Entry,
): Promise<Outcome> {
  const { id, attempt: number, batch_id: batchId, type } = claim;
  const definition = definitionOf(type);
  const timeout = setTimeout(() => entry.abort('timeout', false), definition.defaults.timeoutMs);
  const warnings = new Warnings();
  let progress: JobProgress | undefined;
  const report = (current: number, total: number, message?: string, chart?: ProgressChart): void => {
    progress = { current, total, message: message ?? null, ...(chart && { chart: boundedChart(chart) }) };
    notes.setProgress(id, number, progress);
    outbox.jobProgress(id, batchId, progress);
    onProgress?.(progress);
  };
  const { current, leave } = enterCurrent(id, report);
  const base = { id, batchId, flowId: claim.flow_id, attempt: number };
  try {
    const work = ((processor ?? workOf(type)) as (context: object) => Promise<unknown>)({
      jobId: id,
      batchId,
      organizationId: claim.organization_id,
      correlationId: claim.correlation_id,
      attempt: number,
      data: claim.data,
      signal: entry.signal,
      log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => say(claim, notes, level, message),
      warn: (code: string, message: string) => {
        const warning = warnings.add(code, message);
        if (warning) say(claim, notes, 'warn', `${warning.code}: ${warning.message}`);
      },
      updateProgress: report,
      ...filesOf(claim, entry.signal),
      ...childrenOf(id, claim.flow_id),
    });
    // Raced against a deaf processor: one that ignores its signal loses its say, not the row its truth.
    const result = current.resultOf(await Promise.race([work, entry.gaveUp(ABORT_GRACE_MS)]));
    return { ...base, kind: 'completed', result: result ?? null, progress, warnings: warnings.all() };
  } catch (error) {
    return { ...ended(claim, entry.aborted, error), ...base, progress, warnings: warnings.all() };
  } finally {
    clearTimeout(timeout);
    leave();
  }
}
