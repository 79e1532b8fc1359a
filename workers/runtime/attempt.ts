import { context, type Span, trace } from '@opentelemetry/api';
import { gracePeriod } from '@/lib/config/grace-period';
import { logger } from '@/lib/config/logger';
import type { JobProgress, ProgressChart } from '@/lib/contracts/job';
import { childrenOf } from '@/lib/domain/flow/read-children';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import type { Outcome } from '@/lib/domain/job/record-outcomes';
import { attemptOutcome, endAttemptSpan, startAttemptSpan } from '@/lib/domain/monitoring/trace-attempt';
import { redeliver } from '@/lib/domain/worker/redeliver';
import { definitionOf } from '@/lib/job-types/catalogue';
import { workOf } from '@/workers/registry';
import { filesOf } from './attempt-files';
import { launchesOf } from './attempt-launches';
import { secretsOf } from './attempt-secrets';
import { stepsOf } from './attempt-steps';
import { valuesOf } from './attempt-values';
import type { Chain } from './chains';
import { type Claimer, ends, type Recorder } from './claim-and-record';
import type { IpcBuffer } from './ipc-buffer';
import type { PrefetchedRows, Prefetcher } from './prefetcher';
import { AttemptCosts, boundedChart, type ReportBuffer, Warnings } from './report-buffer';
import { classifyOutcome } from './retry-policy';
import { type RunningAttempt, type RunningAttempts, registerReporter } from './running-attempts';

/** What an attempt needs of its process. */
export interface Runtime {
  claim: Claimer;
  recorder: Recorder;
  reports: ReportBuffer;
  ipc: IpcBuffer;
  running: RunningAttempts;
  /** without one, the next row starts when the outcome of the one before it is recorded */
  prefetcher?: Prefetcher;
  /** the work of a program that brings its own; by default that of the type's processor */
  processor?: (context: never) => Promise<unknown>;
  /** also receives the progress, such as for the client that added the job */
  onProgress?: (reached: JobProgress) => void;
}

/** What the queue delivered. */
export interface DeliveredRow {
  jobId: string;
  /** the queue delivers it again because the lock of an earlier holder expired */
  redelivered: boolean;
  correlationId?: string | undefined;
}

/** Asks the queue to deliver the job again after `delayMs`. The row already has that time. */
export class DeliverAgain extends Error {
  override name = 'DeliverAgain';
  /** whether the queue counts the attempt too */
  readonly counts: boolean;

  constructor(
    readonly delayMs: number,
    { counts }: { counts: boolean },
  ) {
    super('the row waits for another attempt');
    this.counts = counts;
  }
}

/** The abort grace period: how long a processor may go on after its signal was aborted by force. */
const ABORT_GRACE_MS = gracePeriod(5000);

/**
 * Runs one attempt: claims the row, does the work, and records the outcome. Only when it returns may the queue remove the
 * delivery. If there is nothing to run (a duplicate delivery, a paused batch), it returns at once.
 * @param chain if given, it then runs further rows of the batch, which are claimed when an outcome is recorded
 * @throws DeliverAgain when the row waits for another attempt
 */
export async function runAttempt(
  runtime: Runtime,
  { jobId, redelivered, correlationId }: DeliveredRow,
  chain?: Chain,
): Promise<void> {
  const claim = await runtime.claim({ id: jobId, redelivered });
  if (!claim) return;
  if ('earlyMs' in claim) throw new DeliverAgain(claim.earlyMs, { counts: false });
  const { batch_id: batchId, type } = claim;
  const prefetched = chain && batchId ? runtime.prefetcher?.enter(batchId, type) : undefined;
  const slot: Slot = { correlationId, chain, prefetched, recording: undefined };
  try {
    let { next, again } = await runClaim(runtime, claim, slot);
    if (again) throw again;
    while (next) {
      const row: Claim = next;
      ({ next, again } = await runClaim(runtime, row, slot));
      // It has no delivery of its own, so the queue can't repeat it.
      if (again) await redeliver([{ id: row.id, delivery: row.delivery }]);
    }
  } finally {
    prefetched?.leave();
  }
}

/** What runs the rows of a delivery, one after the other. */
interface Slot {
  correlationId: string | undefined;
  chain: Chain | undefined;
  prefetched: PrefetchedRows | undefined;
  /** the record of the row before, if the present one started without waiting for it */
  recording: Promise<Ended> | undefined;
}

interface Ended {
  /** the next row of the batch */
  next?: Claim | undefined;
  /** the row waits for another attempt */
  again?: DeliverAgain;
  /** the start of the prefetched row in its place was not accepted: this row or that one is another's by now */
  refused?: boolean | undefined;
}

/** Runs a claimed row. */
async function runClaim(runtime: Runtime, claim: Claim, slot: Slot): Promise<Ended> {
  // The row of a batch's child has no correlation id; its delivery has that of the batch.
  claim.correlation_id ??= slot.correlationId ?? null;
  runtime.ipc.jobStarted(claim.id, claim.batch_id, claim.flow_id);
  const attempt = runtime.running.start(claim.id, claim.batch_id);
  const span = startAttemptSpan(claim);
  const startedAt = performance.now();
  const outcome = span
    ? await context.with(trace.setSpan(context.active(), span), () => work(runtime, claim, attempt))
    : await work(runtime, claim, attempt);
  slot.prefetched?.measured(performance.now() - startedAt);
  // The statement that records the row before also records that this one started. If it was not, the attempt is stale.
  const before = await slot.recording;
  slot.recording = undefined;
  if (before?.refused) {
    runtime.running.end(claim.id, attempt);
    if (span) endAttemptSpan(span, attemptOutcome(outcome.kind, undefined), outcome.error);
    return {};
  }
  const row = ends(outcome) ? slot.prefetched?.take() : undefined;
  const successor = row && { row, at: performance.now() };
  const record = async (): Promise<Ended> => {
    await runtime.reports.finish(claim.id);
    const { status, next, refused } = await runtime.recorder.record(
      outcome,
      slot.chain?.() ? claim.type : undefined,
      successor,
    );
    runtime.running.end(claim.id, attempt);
    if (span) endAttemptSpan(span, attemptOutcome(outcome.kind, status), outcome.error);
    if (ends(outcome) || status === 'failed') return { next, refused };
    // Without a status the statement was repeated after a lost answer, or a newer attempt owns the row. Delivering it
    // again is right in the first case and harmless in the second.
    return { again: new DeliverAgain(outcome.delayMs ?? 0, { counts: outcome.kind === 'retry' }) };
  };
  if (!row) return record();
  slot.recording = record();
  // It is awaited when the next row has ended.
  slot.recording.catch(() => undefined);
  return { next: row };
}

/** Does the work of one attempt. @returns how it ended; never throws */
async function work(
  { reports, ipc, processor, onProgress }: Runtime,
  claim: Claim,
  attempt: RunningAttempt,
): Promise<Outcome> {
  const { id, attempt: number, batch_id: batchId, type } = claim;
  const timeout = setTimeout(() => attempt.abort('timeout'), definitionOf(type).defaults.timeoutMs);
  const secrets = secretsOf(type);
  const warnings = new Warnings();
  const costs = new AttemptCosts();
  // Work of several jobs in one call runs in the context of one of them.
  const span = trace.getActiveSpan();
  const log = (level: LogLevel, text: string) => writeLog(claim, reports, level, secrets.text(text), span);
  const warn = (code: string, message: string): void => {
    const warning = warnings.add(secrets.text(code), secrets.text(message));
    if (warning) log('warn', `${warning.code}: ${warning.message}`);
  };
  let progress: JobProgress | undefined;
  const updateProgress = (current: number, total: number, message?: string, chart?: ProgressChart): void => {
    const words = message === undefined ? null : secrets.text(message);
    progress = { current, total, message: words, ...(chart && { chart: secrets.json(boundedChart(chart)) }) };
    reports.setProgress(id, number, progress);
    ipc.jobProgress(id, batchId, progress);
    onProgress?.(progress);
  };
  const { reporter, unregister } = registerReporter(id, updateProgress);
  const base = { id, batchId, flowId: claim.flow_id, attempt: number };
  try {
    const returned = ((processor ?? workOf(type)) as (context: object) => Promise<unknown>)({
      jobId: id,
      batchId,
      organizationId: claim.organization_id,
      correlationId: claim.correlation_id,
      attempt: number,
      data: claim.data,
      get signal() {
        return attempt.signal;
      },
      log,
      warn,
      cost: (amounts: Parameters<AttemptCosts['add']>[0]) => {
        const refused = costs.add(amounts);
        if (refused) warn('cost-not-counted', refused);
      },
      secret: (name: string) => secrets.open(claim.organization_id, name),
      updateProgress,
      ...filesOf(claim, attempt, secrets),
      ...stepsOf(claim, attempt, secrets),
      ...launchesOf(claim, attempt, secrets),
      get kv() {
        return valuesOf(claim, secrets);
      },
      ...childrenOf(id, claim.flow_id),
    });
    // A processor that ignores its AbortSignal beyond the grace period is abandoned, and its result is discarded.
    const result = reporter.resultOf(await Promise.race([returned, attempt.graceExpired(ABORT_GRACE_MS)]));
    const ended = { progress, warnings: warnings.all(), costs: costs.all() };
    return { ...base, kind: 'completed', result: secrets.json(result ?? null), ...ended };
  } catch (thrown) {
    const error = secrets.error(thrown);
    return {
      ...classifyOutcome(claim, attempt.aborted, error),
      ...base,
      progress,
      warnings: warnings.all(),
      costs: costs.all(),
    };
  } finally {
    clearTimeout(timeout);
    unregister();
  }
}

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes a line of an attempt to the job's own log, to its span if there is one, and to our log if that is verbose. */
function writeLog(claim: Claim, reports: ReportBuffer, level: LogLevel, message: string, span: Span | undefined): void {
  const { id: jobId, attempt, correlation_id: correlationId } = claim;
  reports.log(jobId, attempt, level, message);
  span?.addEvent('log', { level, message });
  if (logger.isLevelEnabled('debug')) logger.debug({ jobId, attempt, correlationId, jobLogLevel: level }, message);
}
