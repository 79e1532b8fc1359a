import type { MessageData } from './notification-events';

/** A message in words, before it takes the form of its channel. */
export interface Message {
  title: string;
  lines: string[];
  tone: 'good' | 'bad' | 'warning' | 'neutral';
  link: string | undefined;
}

/** Events of a grouped message that are named one by one. */
const NAMED = 10;

const number = (value: unknown): string => (typeof value === 'number' ? value.toLocaleString('en') : '?');

/** Says what happened. @param count events in one message */
export function messageOf(type: string, data: MessageData, count = 1): Message {
  const one = singleMessage(type, data);
  if (count <= 1) return one;
  const named = (data.events ?? []).slice(0, NAMED).map((each) => singleMessage(type, each).title);
  const left = count - named.length;
  return {
    ...one,
    title: `${count.toLocaleString('en')} × ${GROUPED[type] ?? type}`,
    lines: [...named, ...(left > 0 ? [`and ${left.toLocaleString('en')} more`] : [])],
    link: undefined,
  };
}

const GROUPED: Readonly<Record<string, string>> = {
  'batch.finished': 'a batch has ended',
  'batch.failed': 'a batch failed',
  'batch.partial': 'a batch ended with failures',
  'batch.stuck': 'a batch makes no progress',
  'batch.failure-rate': 'many items of a batch fail',
  'batch.paused': 'a batch was paused',
  'capacity.waiting': 'a batch waits for a slot',
  'flow.finished': 'a flow has ended',
  'schedule.missed': 'a schedule missed its time',
  'schedule.failed': 'a schedule could not launch',
  'schedule.paused': 'a schedule was paused',
};

function singleMessage(type: string, data: MessageData): Message {
  const name = data.name ?? '';
  const why = data.why ? [data.why] : [];
  const message = (title: string, tone: Message['tone'], lines: string[] = why): Message => ({
    title,
    tone,
    lines,
    link: data.link,
  });
  switch (type) {
    case 'batch.finished':
    case 'batch.failed':
    case 'batch.partial':
      return message(`${name} ${ENDS[data.status ?? ''] ?? 'has ended'}`, toneOf(data.status), [countsOf(data)]);
    case 'batch.stuck':
      return message(`${name} makes no progress`, 'bad', [...why, countsOf(data)]);
    case 'batch.failure-rate':
      return message(`Many items of ${name} fail`, 'bad', [countsOf(data)]);
    case 'batch.paused':
      return message(`${name} was paused`, 'warning', [...(PAUSES[data.pausedWhy ?? ''] ?? []), countsOf(data)]);
    case 'capacity.waiting':
      return message(`${name} waits for a slot`, 'warning', data.since ? [`since ${data.since}`] : []);
    case 'job.finished':
    case 'flow.finished':
      return message(`${name || 'A job'} ${ENDS[data.status ?? ''] ?? 'has ended'}`, toneOf(data.status));
    case 'schedule.missed':
      return message(`The schedule ${name} missed its time`, 'bad', [
        ...(data.dueAt ? [`due at ${data.dueAt}`] : []),
        ...why,
      ]);
    case 'schedule.failed':
      return message(`The schedule ${name} could not launch`, 'bad');
    case 'schedule.paused':
      return message(`The schedule ${name} was paused`, 'warning');
    case 'dead-letters.growing':
      return message(`${number(data.count)} jobs failed for good and wait for a decision`, 'bad');
    case 'worker.none':
      return message(`Jobs of type ${data.jobType ?? data.types?.join(', ')} wait, and no worker runs them`, 'bad', [
        `${number(data.count)} jobs wait.`,
      ]);
    case 'channel.test':
      return message('A test of this channel', 'neutral', ['Batchyard can reach it. Nothing has happened.']);
    default:
      return message(name ? `${type}: ${name}` : type, 'neutral');
  }
}

const ENDS: Readonly<Record<string, string>> = {
  completed: 'is complete',
  failed: 'failed',
  partial: 'ended with failures',
  cancelled: 'was cancelled',
};

const PAUSES: Readonly<Record<string, string[]>> = {
  'budget-failed': ['So many items failed that its budget is used up.'],
  'budget-minutes': ['Its budget of minutes is used up.'],
  'budget-tokens': ['Its budget of tokens is used up.'],
  'budget-usd': ['Its budget of money is used up.'],
};

const toneOf = (status: string | undefined): Message['tone'] =>
  status === 'completed' ? 'good' : status === 'failed' ? 'bad' : status === 'partial' ? 'warning' : 'neutral';

function countsOf({ total, completed, failed, cancelled }: MessageData): string {
  const parts = [`${number(completed)} of ${number(total)} completed`, `${number(failed)} failed`];
  if (cancelled) parts.push(`${number(cancelled)} cancelled`);
  return parts.join(', ');
}
