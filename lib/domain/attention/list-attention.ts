import { ATTENTION_KINDS, type AttentionItem, type AttentionList } from '@/lib/contracts/attention';
import { SEVERITIES } from '@/lib/contracts/choices';
import { pool } from '@/lib/db/pool';
import { type Context, may, requirePermission } from '@/lib/domain/context';
import { listPausedQueues } from '@/lib/domain/doctor/paused-queues';
import { openDoor } from '@/lib/domain/redaction/door';
import { readWorkforce } from '@/lib/domain/schedule/problem';
import { findChannelsOff } from './channels';
import { findDeadLetters } from './dead-letters';
import { findFailedBatches } from './failed-batches';
import type { Found } from './item';
import { findPausedWork } from './paused-work';
import { countOpenJobs, findPausedQueues, findQueueAway, findWithoutWorker } from './queues';
import { findPausedSchedules, findSchedulesWithoutWorker, findUnfired } from './schedules';
import { findStuckBatches } from './stuck-batches';
import { findPausedBatches, findWaitingForCapacity } from './waiting-batches';

/**
 * Lists what needs a person in the organization, worst first, with what the caller may do about it. Each kind has one
 * bounded reader, so the list costs the same however many jobs there are.
 * @throws DomainError `forbidden`
 */
export async function listAttention(context: Context): Promise<AttentionList> {
  requirePermission(context, 'attention.see');
  const [door, paused, openJobs, workforce] = await Promise.all([
    openDoor(context),
    listPausedQueues(),
    countOpenJobs(context),
    readWorkforce(pool()),
  ]);
  const pausedQueues = paused.map(({ queue }) => queue);
  const seesBatches = may(context, 'batch.see');
  const seesSchedules = may(context, 'schedule.see');
  const found = await Promise.all([
    findQueueAway(openJobs),
    findPausedQueues(pausedQueues, openJobs),
    findPausedWork(context, openJobs),
    findWithoutWorker(context, openJobs, workforce),
    seesBatches ? findStuckBatches(context, { pausedQueues }) : [],
    seesBatches ? findFailedBatches(context, { door }) : [],
    seesBatches ? findWaitingForCapacity(context) : [],
    seesBatches ? findPausedBatches(context, { door }) : [],
    may(context, 'job.see') ? findDeadLetters(context) : [],
    may(context, 'channel.see') ? findChannelsOff(context) : [],
    seesSchedules ? findPausedSchedules(context) : [],
    seesSchedules ? findSchedulesWithoutWorker(context, workforce) : [],
    seesSchedules ? findUnfired(context, { door }) : [],
  ]);
  return { items: found.flat().map(toItem(context)).sort(worstFirst) };
}

const toItem =
  (context: Context) =>
  ({ since, actions, ...item }: Found): AttentionItem => ({
    ...item,
    since: since instanceof Date ? since.toISOString() : since,
    actions: actions.filter(({ permission }) => may(context, permission)),
  });

/** By severity, then by kind, then what is there longest. */
function worstFirst(a: AttentionItem, b: AttentionItem): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    ATTENTION_KINDS.indexOf(a.kind) - ATTENTION_KINDS.indexOf(b.kind) ||
    (a.since ?? '').localeCompare(b.since ?? '')
  );
}
