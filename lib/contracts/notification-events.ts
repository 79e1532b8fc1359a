/** The events that a rule can report. `title` ends the sentence "Tell me when …". */
export const NOTIFICATION_EVENTS = {
  'batch.finished': { title: 'a batch has ended, whatever its end', about: 'batch' },
  'batch.failed': { title: 'all items of a batch failed', about: 'batch' },
  'batch.partial': { title: 'some items of a batch failed', about: 'batch' },
  'batch.failure-rate': { title: 'many items of a running batch fail', about: 'batch' },
  'batch.stuck': { title: 'a batch makes no progress', about: 'batch' },
  'batch.paused': { title: 'a batch was paused', about: 'batch' },
  'capacity.waiting': { title: 'a batch waits long for a slot', about: 'batch' },
  'flow.finished': { title: 'a flow has ended', about: 'other' },
  'schedule.missed': { title: 'a schedule missed its time', about: 'other' },
  'schedule.failed': { title: 'a schedule could not launch', about: 'other' },
  'schedule.paused': { title: 'a schedule was paused after failures', about: 'other' },
  'dead-letters.growing': { title: 'more and more jobs failed for good', about: 'other' },
  'worker.none': { title: 'jobs of a type wait, and no worker runs them', about: 'other' },
} as const;

export type NotificationEvent = keyof typeof NOTIFICATION_EVENTS;

export const NOTIFICATION_EVENT_TYPES = Object.keys(NOTIFICATION_EVENTS) as [NotificationEvent, ...NotificationEvent[]];

/** Everything that a message can be about: the events of rules, the end of a single job, and the test of a channel. */
export type MessageType = NotificationEvent | 'job.finished' | 'channel.test';

/** What a message says of its event. Which fields it has depends on its type. */
export interface MessageData {
  batchId?: string;
  jobId?: string;
  flowId?: string;
  scheduleId?: string;
  name?: string;
  jobType?: string;
  status?: string;
  total?: number;
  completed?: number;
  failed?: number;
  cancelled?: number;
  why?: string | null;
  /** of a batch that its budget paused; null: somebody paused it */
  pausedWhy?: string | null;
  dueAt?: string;
  /** jobs that failed for good */
  count?: number;
  types?: string[];
  since?: string;
  /** the page of what it is about */
  link?: string;
  /** of a message for several events: the first ones */
  events?: MessageData[];
  [other: string]: unknown;
}

/** Data of each type, for previews and tests of channels. */
export function exampleData(type: string): MessageData {
  const batch = { batchId: '01980000-0000-7000-8000-000000000000', name: 'embed-handbook', jobType: 'diagnostic' };
  const counts = { total: 1200, completed: 1186, failed: 14, cancelled: 0 };
  if (type === 'channel.test') return { name: 'A test' };
  if (type === 'batch.failed') return { ...batch, ...counts, status: 'failed', completed: 0, failed: 1200 };
  if (type === 'batch.stuck') return { ...batch, ...counts, status: 'in-progress', why: 'No worker takes its items.' };
  if (type.startsWith('batch.') || type === 'capacity.waiting') return { ...batch, ...counts, status: 'partial' };
  if (type.startsWith('schedule.')) return { name: 'nightly', why: 'No supervisor was there within 5 s.' };
  if (type === 'dead-letters.growing') return { count: 120 };
  if (type === 'worker.none') return { jobType: 'diagnostic', types: ['diagnostic'], count: 40 };
  return { name: 'embed-handbook', status: 'completed' };
}
