import { channel } from 'node:diagnostics_channel';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import { logger } from '@/lib/config/logger';
import { startSpan, tracer } from '@/lib/config/tracing';
import type { JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

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

/** Every event is published here too (`node:diagnostics_channel`), for whatever telemetry a process has. */
export const MONITORING_CHANNEL = 'batchyard:monitoring';

const telemetry = channel(MONITORING_CHANNEL);
const GATHER_MS = 500;
/** Ids of children that one message names at the most. */
const SAMPLE = 20;

/** A batch, by what its events say of it. */
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
  /** some of those that ran; all where there are few */
  jobIds: string[];
}

let counts = new Map<string, { organizationId: string; event: MonitoringEvent; count: number }>();
let updates = new Map<string, Updates>();
let timer: NodeJS.Timeout | undefined;
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

/** Reports a child that its parent, if there is one, did not take. */
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
    // What it was refused for says the same, and is thrown.
    logger.warn({ err: error, batchId }, 'the parent of a refused child was not found');
    return undefined;
  }
}

/** A moment in the trace: a span, so that it stands by itself, with the event in it. */
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
 * Reports children that have ended, as they are recorded: counted one by one, told once for each parent and half
 * second, so that a fast batch does not drown the log.
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
  later();
}

/** Reports children that ended without having run: cancelled, or failed because nobody ever began them. */
export function trackClosed(
  parent: TrackedParent | undefined,
  ended: { failed: number } | { cancelled: number },
): void {
  if (!parent) return;
  const update = updateOf(parent);
  if ('failed' in ended) update.failed += ended.failed;
  else update.cancelled += ended.cancelled;
  later();
}

function updateOf({ id, organizationId, correlationId }: TrackedParent): Updates {
  const known = updates.get(id);
  if (known) return known;
  const fresh = { organizationId, correlationId, completed: 0, failed: 0, cancelled: 0, jobIds: [] };
  updates.set(id, fresh);
  return fresh;
}

function add(organizationId: string, event: MonitoringEvent, count: number): void {
  const key = `${organizationId}|${event}`;
  counts.set(key, { organizationId, event, count: (counts.get(key)?.count ?? 0) + count });
  later();
}

function later(): void {
  // Unreferenced: a program that only reports something may end.
  timer ??= setTimeout(() => void flushMonitoring(), GATHER_MS).unref();
}

/** Tells and writes what was gathered. Resolves when it is written. */
export function flushMonitoring(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const told = updates;
  updates = new Map();
  for (const [parentJobId, { organizationId, ...update }] of told) {
    const { completed, failed, cancelled } = update;
    track({ organizationId }, 'parent-job.child-updated', { parentJobId, ...update }, completed + failed + cancelled);
  }
  clearTimeout(timer);
  timer = undefined;
  const gathered = [...counts.values()].sort((a, b) =>
    a.organizationId + a.event < b.organizationId + b.event ? -1 : 1,
  );
  counts = new Map();
  if (gathered.length > 0) writing = writing.then(() => write(gathered));
  return writing;
}

async function write(gathered: { organizationId: string; event: MonitoringEvent; count: number }[]): Promise<void> {
  try {
    await pool().query(
      sql`insert into event_counter (organization_id, event, count)
       select * from unnest(${gathered.map((g) => g.organizationId)}::text[], ${gathered.map((g) => g.event)}::text[], ${gathered.map((g) => g.count)}::bigint[])
       on conflict (organization_id, event) do update set count = event_counter.count + excluded.count`,
    );
  } catch (error) {
    logger.warn({ err: error }, 'event counters were not written; they are added next time');
    for (const { organizationId, event, count } of gathered) add(organizationId, event, count);
  }
}
