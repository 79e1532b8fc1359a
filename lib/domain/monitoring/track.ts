import { channel } from 'node:diagnostics_channel';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import { FlushBuffer } from '@/lib/config/flush-buffer';
import { logger } from '@/lib/config/logger';
import { startSpan, tracer } from '@/lib/config/tracing';
import type { JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';

export const MONITORING_EVENTS = [
  'parent-job.created',
  'parent-job.child-registered',
  'parent-job.child-updated',
  'parent-job.child-registration-failed',
] as const;
export type MonitoringEvent = (typeof MONITORING_EVENTS)[number];

export interface MonitoringMessage {
  event: MonitoringEvent;
  organizationId: string;
  [property: string]: unknown;
}

/** The diagnostics channel (`node:diagnostics_channel`) on which every event is published, for other telemetry. */
export const MONITORING_CHANNEL = 'batchyard:monitoring';

const telemetry = channel(MONITORING_CHANNEL);
const FLUSH_MS = 500;
/** The maximum number of children's ids in one message. */
const SAMPLE = 20;

/** The properties of a batch that its events contain. */
export interface TrackedParent {
  id: string;
  organizationId: string;
  correlationId: string;
}

interface Updates {
  organizationId: string;
  correlationId: string;
  completed: number;
  failed: number;
  cancelled: number;
  /** a sample of the children, or all if there are few */
  jobIds: string[];
}

type Counts = Map<string, { organizationId: string; event: MonitoringEvent; count: number }>;

// The timers do not keep the process running: a program that only reports an event may exit.
const keepAlive = false;
const counts = new FlushBuffer<Counts>(() => new Map(), FLUSH_MS, writeCounts, { keepAlive });
const updates = new FlushBuffer<Map<string, Updates>>(() => new Map(), FLUSH_MS, trackCollected, { keepAlive });
let writing: Promise<void> = Promise.resolve();

/**
 * Reports an event: a line in the log, an event in the trace of its correlation id, a message on the telemetry channel,
 * and the counter that metrics show.
 */
export function track(
  { organizationId }: { organizationId: string },
  event: MonitoringEvent,
  properties: { parentJobId: string; correlationId: string | undefined } & Record<string, unknown>,
  count = 1,
): void {
  const message: MonitoringMessage = { event, organizationId, ...properties };
  logger[event === 'parent-job.child-registration-failed' ? 'warn' : 'info'](message, event);
  telemetry.publish(message);
  trace(event, properties);
  add(organizationId, event, count);
}

/** Reports a child that could not join its parent, or whose parent does not exist. */
export async function trackRefusal(
  context: { organizationId: string },
  parentJobId: string,
  properties: Record<string, unknown>,
): Promise<void> {
  const correlationId = await correlationOf(context, parentJobId);
  track(context, 'parent-job.child-registration-failed', { parentJobId, correlationId, ...properties });
}

async function correlationOf(context: { organizationId: string }, batchId: string): Promise<string | undefined> {
  if (!isId(batchId)) return undefined;
  try {
    const { rows } = await pool().query<{ correlation_id: string }>(
      sql`select correlation_id from batch where id = ${batchId} and organization_id = ${context.organizationId}`,
    );
    return rows[0]?.correlation_id;
  } catch (error) {
    // Only logged, because the caller throws the error of the rejected child.
    logger.warn(
      { err: error, batchId },
      'The parent of a refused child could not be read. Its event has no correlation id.',
    );
    return undefined;
  }
}

/** Adds the event to the trace of its correlation id, in a separate span. */
function trace(event: MonitoringEvent, properties: Parameters<typeof track>[2]): void {
  const using = tracer();
  if (!using) return;
  const { parentJobId, correlationId = parentJobId, ...rest } = properties;
  const attributes = { parentJobId, ...rest } as Attributes;
  const parent = { correlationId, ownerId: parentJobId };
  const span = startSpan(using, event, {
    parent,
    kind: SpanKind.INTERNAL,
    attributes: { 'batchyard.batch.id': parentJobId },
  });
  span.addEvent(event, { correlationId, ...attributes });
  span.end();
}

/**
 * Reports children that have ended: each is counted, but a parent is logged at most once in half a second, so that a
 * fast batch does not flood the log.
 */
export function trackUpdates(
  changed: { id: string; batchId: string | null; status: JobStatus }[],
  batches: TrackedParent[],
): void {
  if (batches.length === 0) return;
  const owners = new Map(batches.map((b) => [b.id, b]));
  for (const { id, batchId, status } of changed) {
    const owner = batchId && owners.get(batchId);
    if (!batchId || !owner) continue;
    if (status !== 'completed' && status !== 'failed' && status !== 'cancelled') continue;
    const update = updateOf(owner);
    update[status] += 1;
    if (update.jobIds.length < SAMPLE) update.jobIds.push(id);
  }
}

/** Reports children that ended without an attempt: cancelled, or failed because their message was never sent. */
export function trackClosed(
  parent: TrackedParent | undefined,
  ended: { failed: number } | { cancelled: number },
): void {
  if (!parent) return;
  const update = updateOf(parent);
  if ('failed' in ended) update.failed += ended.failed;
  else update.cancelled += ended.cancelled;
}

function updateOf({ id, organizationId, correlationId }: TrackedParent): Updates {
  const collected = updates.open();
  const known = collected.get(id);
  if (known) return known;
  const fresh = { organizationId, correlationId, completed: 0, failed: 0, cancelled: 0, jobIds: [] };
  collected.set(id, fresh);
  return fresh;
}

function add(organizationId: string, event: MonitoringEvent, count: number): void {
  const collected = counts.open();
  const key = `${organizationId}|${event}`;
  collected.set(key, { organizationId, event, count: (collected.get(key)?.count ?? 0) + count });
}

/** Logs and writes the collected events now. Resolves when they are written. */
export function flushMonitoring(): Promise<void> {
  return updates.flush();
}

/** Reports the collected updates, then writes all counters, including those of the updates. */
function trackCollected(collected: Map<string, Updates>): Promise<void> {
  for (const [parentJobId, { organizationId, ...update }] of collected) {
    const { completed, failed, cancelled } = update;
    track({ organizationId }, 'parent-job.child-updated', { parentJobId, ...update }, completed + failed + cancelled);
  }
  return counts.flush();
}

function writeCounts(collected: Counts): Promise<void> {
  // All processes write in the same order, which prevents deadlocks.
  const sorted = [...collected.values()].sort((a, b) =>
    a.organizationId + a.event < b.organizationId + b.event ? -1 : 1,
  );
  if (sorted.length > 0) writing = writing.then(() => write(sorted));
  return writing;
}

async function write(sorted: { organizationId: string; event: MonitoringEvent; count: number }[]): Promise<void> {
  try {
    await pool().query(
      sql`insert into event_counter (organization_id, event, count)
       select * from unnest(${sorted.map((g) => g.organizationId)}::text[], ${sorted.map((g) => g.event)}::text[], ${sorted.map((g) => g.count)}::bigint[])
       on conflict (organization_id, event) do update set count = event_counter.count + excluded.count`,
    );
  } catch (error) {
    logger.warn({ err: error }, 'Event counters were not written. They are added to the next write.');
    for (const { organizationId, event, count } of sorted) add(organizationId, event, count);
  }
}

/** Counts each monitoring event of the organization, over all processes and restarts. */
export async function readEventCounts(context: Context): Promise<Record<MonitoringEvent, number>> {
  requirePermission(context, 'metrics.see');
  const { rows } = await pool().query<{ event: MonitoringEvent; count: number }>(
    sql`select event, count from event_counter where organization_id = ${context.organizationId}`,
  );
  const known = new Map(rows.map((r) => [r.event, r.count]));
  return Object.fromEntries(MONITORING_EVENTS.map((event) => [event, known.get(event) ?? 0])) as Record<
    MonitoringEvent,
    number
  >;
}
